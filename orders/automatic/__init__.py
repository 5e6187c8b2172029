"""Routine steps without a hand: which rule makes which step of which order, and why it leaves others to people. Pure but for facts.py."""
