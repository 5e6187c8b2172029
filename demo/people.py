"""One login per role. The password is public, so these are made in demo mode only."""

from functools import cache

from django.conf import settings
from django.contrib.auth.hashers import make_password

from oms.access.models import User
from oms.access.roles import Role
from oms.kernel.errors import Refused

PASSWORD = "docket-demo"  # noqa: S105  printed on the screen by design, demo mode only
PEOPLE = (
    ("leela", "Leela Demo", Role.SALES),
    ("meera", "Meera Demo", Role.WAREHOUSE),
    ("farah", "Farah Demo", Role.FINANCE),
    ("tom", "Tom Demo", Role.SUPPORT),
    ("nina", "Nina Demo", Role.OWNER),
    ("sam", "Sam Demo", Role.ADMIN),
)


def make_people() -> dict[str, User]:
    """The demo's staff by role; refuses outside demo mode."""
    if not settings.DEMO:
        raise Refused("not_demo", "Demo logins have a public password and are made in demo mode only.")
    staff = {}
    for username, name, role in PEOPLE:
        user = User.objects.filter(username=username).first()
        if user is None:
            user = User(username=username, display_name=name, roles=[role], email=f"{username}@docket.example")
            user.password = _hashed()
            user.save()
        staff[role.value] = user
    return staff


@cache
def _hashed() -> str:
    """Hashing is slow on purpose, and the password of all six is public."""
    return make_password(PASSWORD)
