"""The clock of a finding."""

from datetime import datetime, timedelta

from orders.checking.rulebook import Setting


def due_moment(setting: Setting, at: datetime) -> datetime:
    """When the owner team must have decided a hold placed at `at`."""
    return at + timedelta(hours=setting.decide_within_hours)
