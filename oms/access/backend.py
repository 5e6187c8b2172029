"""Who signs in, as Django has it; the person of each request is read by a prepared statement."""

from typing import Any

from django.contrib.auth.backends import ModelBackend

from oms.access.models import User
from oms.kernel.load import load_first


class People(ModelBackend):
    def get_user(self, user_id: Any) -> User | None:
        person = load_first(User, "id = %s::bigint", [user_id])
        return person if person is not None and self.user_can_authenticate(person) else None
