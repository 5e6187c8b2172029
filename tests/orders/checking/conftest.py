import pytest

from orders.checking.rulebook import forget


@pytest.fixture(autouse=True)
def fresh_rulebook():
    """A test that is rolled back tells nobody, so its rules would stand for another second."""
    forget()
    yield
    forget()
