"""The verbs of stock, one module each."""
