"""The order as it stood at an earlier moment, and what differs between two of them. Reads only."""
