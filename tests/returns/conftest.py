"""Three people and one delivered order."""

import pytest

from oms.access.models import User
from tests.returns import story


@pytest.fixture
def ana(db) -> User:
    return User.objects.create_user("ana", roles=["support"], display_name="Ana")


@pytest.fixture
def bo(db) -> User:
    return User.objects.create_user("bo", roles=["warehouse"], display_name="Bo")


@pytest.fixture
def cy(db) -> User:
    """Works here, but for another channel."""
    return User.objects.create_user("cy", roles=["support"], display_name="Cy", channel_codes=["elsewhere"])


@pytest.fixture
def order(ana):
    return story.delivered([story.mugs(3)], actor=ana)


@pytest.fixture
def line(order):
    return order.lines.get()
