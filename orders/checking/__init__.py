"""Checks before confirmation: each a pure question over loaded facts; a finding becomes a hold for somebody to decide.

`rulebook.py` reads what admins switched on, `facts.py` loads a whole batch at once, `registry.py` asks every rule,
`orders/actions/check.py` writes the holds.
"""
