"""The verbs of messages, one module each."""
