"""Two people, one order to confirm, and a second process that can be killed."""

from functools import partial

import pytest

from oms.access.models import User
from tests.returns import story


@pytest.fixture
def ana(db) -> User:
    return User.objects.create_user("ana", roles=["sales", "support"], display_name="Ana")


@pytest.fixture
def order(ana):
    return story.captured([story.mugs(2)], actor=ana)


@pytest.fixture
def worker(bear):
    """Start `tests.notifications.worker` in a mode on the test database."""
    return partial(bear, "tests.notifications.worker")
