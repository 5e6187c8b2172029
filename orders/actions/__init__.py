"""The verbs of the order desk, one module each."""
