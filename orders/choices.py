"""What the orders list offers to choose from: channels, people and reasons to hold, read in one statement."""

from dataclasses import dataclass
from functools import cached_property

from oms.kernel.db import fetch
from orders.stagebook import StageInfo, stages

READ = """
SELECT 'channel', id::text, code, name FROM orders_channel
UNION ALL SELECT 'person', id::text, username, display_name FROM access_user WHERE is_active
UNION ALL SELECT 'former', id::text, username, display_name FROM access_user WHERE NOT is_active
UNION ALL SELECT 'staff', id::text, username, display_name FROM access_user WHERE is_active AND roles <> '{}'
UNION ALL SELECT 'reason', id::text, key, label FROM orders_holdreason WHERE is_active
ORDER BY 1, 4, 2
"""


@dataclass(frozen=True)
class Choice:
    kind: str
    id: str
    key: str
    label: str


@dataclass(frozen=True)
class Choices:
    """Everything offered, as it is now. Equal when nothing a person can choose or read has changed."""

    offered: tuple[Choice, ...]
    stages: tuple[StageInfo, ...]

    @property
    def staff(self) -> list[Choice]:
        """People with a role, to assign orders to."""
        return self._of("staff")

    @property
    def hold_reasons(self) -> list[Choice]:
        return self._of("reason")

    @cached_property
    def channels(self) -> dict[int, str]:
        """Names of the channels by their id."""
        return {int(choice.id): choice.label for choice in self._of("channel")}

    @cached_property
    def names(self) -> dict[int, str]:
        """Names of all people by their id, of those who have left too."""
        return {int(choice.id): choice.label for choice in self._of("person") + self._of("former")}

    def _of(self, kind: str) -> list[Choice]:
        return [choice for choice in self.offered if choice.kind == kind]


def read_choices() -> Choices:
    return Choices(tuple(Choice(*row) for row in fetch(READ)), tuple(stages().values()))
