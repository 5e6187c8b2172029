"""What a view says about who may open it. Login itself is required everywhere by middleware."""

from collections.abc import Callable
from functools import wraps

from django.core.exceptions import PermissionDenied

from oms.access.roles import PERMISSIONS


def needs(permission: str) -> Callable:
    """Let only people with `permission` in; others get 403. Unknown permission names fail at import."""
    if permission not in PERMISSIONS:
        raise KeyError(f"{permission} is not in oms.access.roles.PERMISSIONS")

    def decorate(view: Callable) -> Callable:
        @wraps(view)
        def guarded(request, *args, **kwargs):
            if not request.user.can(permission):
                raise PermissionDenied
            return view(request, *args, **kwargs)

        guarded.permission = permission  # type: ignore[attr-defined]
        return guarded

    return decorate
