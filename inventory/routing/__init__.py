"""How the fulfilling location is chosen: pure functions, dataclasses in, a plan with its reasons out."""
