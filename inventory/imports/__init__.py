"""Stock from files."""
