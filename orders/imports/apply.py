"""Bring the orders of files in. Doing it again with the same files changes nothing."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from oms.kernel.errors import Refusal, Refused
from orders.actions.capture import Captured, capture_orders
from orders.actions.recapture import recapture_order
from orders.capture.build import source_hash
from orders.capture.validate import problems
from orders.channels.draft import OrderDraft, RowReject
from orders.channels.registry import Format, format_for
from orders.models import Channel, Order

CHUNK = 500
# Told after each part how many orders of how many are through; answering False ends the run there.
Progress = Callable[["ImportReport", int, int], bool]


@dataclass
class ImportReport:
    """What became of files: `rows` read, `orders` found in them (refused ones included), and each one's fate."""

    rows: int = 0
    orders: int = 0
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    rejected: int = 0
    rejects: list[RowReject] = field(default_factory=list)

    def reject(self, draft: OrderDraft, refusals: Sequence[Refusal]) -> None:
        """Count one order as refused, with the row and the field of its first problem."""
        first = refusals[0]
        name = first.details.get("field", "")
        reason = " ".join(r.message for r in refusals[:3])
        self.rejects.append(
            RowReject(
                _row_of(draft, name), name.rpartition(".")[2], reason, draft.external_id[:120], "", draft.source_file
            )
        )
        self.rejected += 1


def import_file(
    paths: Sequence[str | Path], *, channel_code: str, format_key: str, actor: Any, dry_run: bool = False,
    progress: Progress | None = None,
) -> ImportReport:  # fmt: skip
    """Read `paths` as one delivery of orders for the channel and store them, 500 at a time, each part whole or not at all.

    A channel nobody set up is made with the format's defaults. Unreadable orders are reported and left out. With
    `dry_run` nothing is written and the report says what would happen. Refuses files it cannot make sense of at all.
    """
    layout = format_for(format_key)
    channel = _channel(channel_code, layout, dry_run=dry_run)
    result = layout.read(paths)
    report = ImportReport(
        result.rows,
        len(result.drafts) + len(result.rejects),
        rejected=len(result.rejects),
        rejects=list(result.rejects),
    )
    done = 0
    for part in _parts(result.drafts):
        if dry_run:
            _check(part, channel, report)
        else:
            assert channel is not None
            _store(part, channel, report, actor)
        done += len(part)
        if progress and not progress(report, done, len(result.drafts)):
            break
    report.rejects.sort(key=lambda r: (r.file, r.row))
    return report


def _parts(drafts: list[OrderDraft]) -> Iterator[list[OrderDraft]]:
    for start in range(0, len(drafts), CHUNK):
        yield drafts[start : start + CHUNK]


def _store(part: list[OrderDraft], channel: Channel, report: ImportReport, actor: Any) -> None:
    for draft, captured in zip(part, capture_orders(part, channel=channel, actor=actor), strict=True):
        match captured.outcome:
            case "created":
                report.created += 1
            case "unchanged":
                report.unchanged += 1
            case "changed":
                _update(draft, captured, report, actor)
            case _:
                report.reject(draft, captured.refusals)


def _update(draft: OrderDraft, captured: Captured, report: ImportReport, actor: Any) -> None:
    try:
        recapture_order(captured.number, draft, actor=actor)
    except Refused as refused:
        report.reject(draft, refused.reasons)
    else:
        report.updated += 1


def _check(part: list[OrderDraft], channel: Channel | None, report: ImportReport) -> None:
    """What storing `part` would do, found out without writing."""
    ids = [d.external_id for d in part]
    rows = Order.objects.filter(channel=channel, external_id__in=ids) if channel else Order.objects.none()
    known = dict(rows.values_list("external_id", "source_hash"))
    for draft in part:
        if found := problems(draft):
            report.reject(draft, found)
        elif draft.external_id not in known:
            known[draft.external_id] = source_hash(draft)
            report.created += 1
        elif known[draft.external_id] == source_hash(draft):
            report.unchanged += 1
        else:
            report.updated += 1


def _channel(code: str, layout: Format, *, dry_run: bool) -> Channel | None:
    if not re.fullmatch(r"[a-z0-9][a-z0-9_-]{0,39}", code):
        raise Refused("channel_code_bad", f"“{code[:60]}” is no channel code: use small letters, digits, - and _.")
    channel = Channel.objects.filter(code=code).first()
    if channel and not channel.is_active:
        raise Refused("channel_inactive", f"The channel {channel.name} is switched off. Switch it on first.")
    if channel is None and not dry_run:
        name = code.replace("-", " ").replace("_", " ").title()
        channel, _ = Channel.objects.get_or_create(code=code, defaults={"name": name, **layout.defaults})
    return channel


def _row_of(draft: OrderDraft, field_name: str) -> int:
    """The row a problem stands in: the line's own where rows and lines match, else the order's first."""
    rows = draft.source_rows
    found = re.match(r"lines\.(\d+)", field_name)
    if found and len(rows) == len(draft.lines):
        return rows[int(found[1])]
    return rows[0] if rows else 0
