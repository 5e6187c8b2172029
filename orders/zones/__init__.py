"""Delivery areas from a file."""
