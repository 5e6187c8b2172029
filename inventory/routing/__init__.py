"""How the fulfilling location is chosen: pure functions, dataclasses in, a plan with its reasons out.

candidates (who may, who may not and why) -> ranking (in which order) -> splitting (from one or from several) -> plan.
"""
