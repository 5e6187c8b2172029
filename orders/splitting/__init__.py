"""Splitting and merging orders: what may be moved, and how it looks before anybody does it."""
