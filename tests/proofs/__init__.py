"""`make prove`: what the suite proves at a size that takes seconds, at the size it was promised for. See docs/proofs.md."""
