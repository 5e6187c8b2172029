"""Erasing a customer's personal data, and giving them all of it: who is meant, which rows, what is left."""
