"""Who has a piece of work in hand: a soft claim for one step that runs out by itself, and the statement that hands out the next.

A claim keeps others from being given the same piece; it forbids nobody to work on it. It counts only while its time
runs and while the work still waits for the step it was taken for, so no sweep has to tidy up.
"""

from datetime import datetime, timedelta
from typing import Any, ClassVar, TypeVar

from django.conf import settings
from django.db import connection, models
from django.db.models import F, Q, QuerySet
from django.utils.timezone import localtime

from oms.kernel.clock import now
from oms.kernel.errors import Refused

M = TypeVar("M", bound="Claimable")
REASON_HOLDS = 300


class Claimable(models.Model):
    """`CLAIM_STEP` names the column that says what the row waits for."""

    CLAIM_STEP: ClassVar[str]

    claimed_by = models.ForeignKey(
        "access.User", null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    claimed_until = models.DateTimeField(null=True, blank=True)
    claimed_step = models.CharField(max_length=40, blank=True, default="")

    class Meta:
        abstract = True

    @property
    def is_claimed(self) -> bool:
        """Whether somebody has this step in hand now."""
        return (
            self.claimed_until is not None
            and self.claimed_until > now()
            and self.claimed_step == getattr(self, self.CLAIM_STEP)
        )


def unclaimed(rows: QuerySet[M]) -> QuerySet[M]:
    """Those of `rows` that nobody has in hand now."""
    step = F(rows.model.CLAIM_STEP)
    return rows.filter(Q(claimed_until__isnull=True) | Q(claimed_until__lte=now()) | ~Q(claimed_step=step))


def claim_ends() -> datetime:
    """When a claim made now runs out."""
    return now() + timedelta(minutes=settings.CLAIM_MINUTES)


def skip_locked(*tables: str) -> str:
    """Pass rows of `tables` that somebody is being given, or is changing, at this moment."""
    return f" FOR UPDATE OF {', '.join(tables)} SKIP LOCKED"


def claim_next(rows: QuerySet[M], *, user: Any, also_lock: tuple[type[models.Model], ...] = ()) -> M | None:
    """Claim the first of the ordered `rows` that nobody has in hand, in one statement; None when there is none.

    Two callers never get the same row: the row is locked while it is chosen, and PostgreSQL reads a row that changed
    meanwhile again before it is taken. Its lock, and that of its row in `also_lock`, lasts until the transaction ends.
    """
    model: type[M] = rows.model
    step, table = model.CLAIM_STEP, model._meta.db_table
    # "values" leaves one column, so what the statement locks is named below and nothing else is.
    chosen, params = unclaimed(rows).values("pk")[:1].query.sql_with_params()
    locked = skip_locked(f'"{table}"', *(f'"{m._meta.db_table}"' for m in also_lock))
    sql = (
        f'UPDATE "{table}" SET claimed_by_id = %s, claimed_until = %s, claimed_step = "{table}"."{step}" '  # noqa: S608
        f'WHERE "{table}".id = ({chosen}{locked}) RETURNING "{table}".id'
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, [user.pk, claim_ends(), *params])
        found = cursor.fetchone()
    return model._default_manager.get(pk=found[0]) if found else None


def claim(row: Claimable, user: Any) -> None:
    """Give a locked row to `user`, or lengthen the time of whoever has it. Refuses what somebody else has."""
    if row.is_claimed and row.claimed_by_id != user.pk:
        raise Refused("claimed", f"{holder(row)}. Take it over with a reason, or take another one.")
    _store(row, user.pk, claim_ends())


def lengthen(rows: QuerySet[M], user: Any) -> None:
    """Give `user` the full time again on what they have of `rows`: a claim does not run out under busy hands.

    One statement, and none of the rows is written while more than half of its time is left.
    """
    half = now() + timedelta(minutes=settings.CLAIM_MINUTES) / 2
    rows.filter(
        claimed_by=user, claimed_until__gt=now(), claimed_until__lt=half, claimed_step=F(rows.model.CLAIM_STEP)
    ).update(claimed_until=claim_ends())


def release(row: Claimable, user: Any) -> None:
    """Give a locked row back to everybody. Refuses unless it is `user` who has it."""
    if not row.is_claimed:
        raise Refused("not_claimed", "Nobody has this in hand any more.")
    if row.claimed_by_id != user.pk:
        raise Refused("claimed", f"{holder(row)}; only they give it back. You can take it over with a reason.")
    _store(row, None, None)


def take_over(row: Claimable, user: Any, reason: str) -> str:
    """Give a locked row that somebody else has to `user`; returns whose it was. Refuses without a reason."""
    if not row.is_claimed or row.claimed_by is None:
        raise Refused("not_claimed", "Nobody has this in hand any more: take it without a reason.")
    if row.claimed_by_id == user.pk:
        raise Refused("claimed", "You have it in hand already.")
    if not reason.strip():
        raise Refused("reason_missing", f"Say why: {holder(row)}, and will read it.")
    if len(reason) > REASON_HOLDS:
        raise Refused("reason_too_long", f"A reason holds {REASON_HOLDS} characters. Shorten it.")
    before = row.claimed_by.display_name
    _store(row, user.pk, claim_ends())
    return before


def holder(row: Claimable) -> str:
    """The claim in words, without a full stop."""
    name = row.claimed_by.display_name if row.claimed_by else "Somebody"
    until = f" until {localtime(row.claimed_until):%H:%M}" if row.claimed_until else ""
    return f"{name} has it in hand{until}"


def _store(row: Claimable, user_id: int | None, until: datetime | None) -> None:
    row.claimed_by_id, row.claimed_until = user_id, until
    row.claimed_step = getattr(row, row.CLAIM_STEP) if user_id else ""
    # update(): a claim is no edit of the row; no history, no version, no conflict for whoever has its form open.
    type(row)._default_manager.filter(pk=row.pk).update(
        claimed_by=user_id, claimed_until=until, claimed_step=row.claimed_step
    )
