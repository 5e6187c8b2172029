"""The verbs of the returns desk, one module each."""
