"""Sessions in the database, read by a prepared statement: every request begins with it."""

from typing import Any

from django.contrib.sessions.backends.db import SessionStore as DatabaseSession
from django.contrib.sessions.models import Session
from django.utils import timezone

from oms.kernel.load import load_first


class SessionStore(DatabaseSession):
    def _get_session_from_db(self) -> Any:
        where = "session_key = %s AND expire_date > %s::timestamptz"
        found = load_first(Session, where, [self.session_key, timezone.now()]) if self.session_key else None
        if found is None:
            self._session_key = None
        return found
