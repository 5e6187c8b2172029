"""Bring the orders of files in. Doing it again with the same files changes nothing."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from django.db import transaction

from oms.kernel.errors import Refusal, Refused
from oms.kernel.personal import MARK
from oms.tables.files import NO_FIXES, Fixes
from orders.actions.capture import Captured, capture_orders
from orders.actions.recapture import recapture_order
from orders.capture.build import source_hash
from orders.capture.validate import problems
from orders.channels import generic
from orders.channels.draft import OrderDraft, ReadResult, RowReject
from orders.channels.matching import Matching
from orders.channels.registry import Format, format_for
from orders.imports.explain import explained
from orders.imports.skus import unknown_skus
from orders.imports.stores import with_stores
from orders.models import Channel, ImportOutcome, Order

CHUNK = 500
ERASED_BUYER = Refusal(
    "person_erased", "Whose order this is was erased with their personal data. It stays out; leave it as it is.",
    {"field": "customer_name"},
)  # fmt: skip
# Told after each part how many orders of how many are through; answering False ends the run there.
Progress = Callable[["ImportReport", int, int], bool]
# Told within the transaction that stored them which orders (by number) were created or updated.
Stored = Callable[[list[str], ImportOutcome], None]


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

    def reject(self, draft: OrderDraft, refusals: Sequence[Refusal], column_of: dict[str, str]) -> None:
        """Count one order as refused, with the row and the column of its first problem."""
        first = refusals[0]
        name = first.details.get("field", "")
        short = name.rpartition(".")[2]
        reason = " ".join(r.message for r in refusals[:3])
        row, column = _row_of(draft, name), column_of.get(short, short)
        self.rejects.append(RowReject(row, column, reason, draft.external_id[:120], "", draft.source_file))
        self.rejected += 1


@dataclass(frozen=True)
class Run:
    """How to read and store: cells put right, columns matched, only the orders touching these (file, row), strict SKUs."""

    fixes: Fixes = field(default_factory=lambda: NO_FIXES)
    matching: Matching | None = None
    only: frozenset[tuple[str, int]] | None = None
    check_skus: bool = False
    stored: Stored | None = None
    held: Callable[[], None] | None = None  # called first in each transaction that stores; what it raises ends the run


def import_file(
    paths: Sequence[str | Path], *, channel_code: str, format_key: str, actor: Any, dry_run: bool = False,
    progress: Progress | None = None, run: Run = Run(),
) -> ImportReport:  # fmt: skip
    """Read `paths` as one delivery of orders for the channel and store them, 500 at a time, each part whole or not at all.

    A channel nobody set up is made with the format's defaults. Unreadable orders are reported and left out. With
    `dry_run` nothing is written and the report says what would happen. Refuses files it cannot make sense of at all.
    """
    layout = format_for(format_key)
    channel = _channel(channel_code, layout, dry_run=dry_run)
    house = channel.currency if channel else layout.defaults["currency"]
    result = with_stores(_read(paths, layout, run, house), channel.country if channel else layout.defaults["country"])
    report = ImportReport(result.rows, rejects=list(result.rejects))
    report.rejected = len({(r.file, r.external_id or r.row) for r in report.rejects})
    report.orders = len(result.drafts) + report.rejected
    columns, done = dict(layout.fields), 0
    for part in _parts(result.drafts):
        sound = _of_somebody(part, report, columns)
        sound = _with_known_skus(sound, report, columns) if run.check_skus else sound
        if dry_run:
            _check(sound, channel, report, columns)
        else:
            assert channel is not None
            _store(sound, channel, report, actor, columns, run)
        done += len(part)
        if progress and not progress(report, done, len(result.drafts)):
            break
    report.rejects.sort(key=lambda r: (r.file, r.row))
    report.rejects = explained(report.rejects, paths, run.fixes, run.matching)
    return report


def _read(paths: Sequence[str | Path], layout: Format, run: Run, currency: str) -> ReadResult:
    """`currency`: what a file of our own or of matched columns is in where nobody says."""
    if run.matching or layout.key == generic.KEY:
        matching = run.matching or generic.OURS
        result = generic.read(paths, run.fixes, replace(matching, currency=matching.currency or currency))
    else:
        result = layout.read(paths, run.fixes)
    if run.only is None:
        return result
    drafts = [d for d in result.drafts if any((d.source_file, row) in run.only for row in d.source_rows)]
    return ReadResult(drafts, result.rejects, result.rows)


def _parts(drafts: list[OrderDraft]) -> Iterator[list[OrderDraft]]:
    for start in range(0, len(drafts), CHUNK):
        yield drafts[start : start + CHUNK]


def _of_somebody(part: list[OrderDraft], report: ImportReport, columns: dict[str, str]) -> list[OrderDraft]:
    """Those of `part` from which nobody was erased: the others would bring in orders of "[erased]", or make them of known ones."""
    sound = []
    for draft in part:
        told = (draft.customer_name, draft.company, draft.email, draft.phone)
        if any(MARK in text for text in (*told, *vars(draft.ship_to).values(), *vars(draft.bill_to).values())):
            report.reject(draft, [ERASED_BUYER], columns)
        else:
            sound.append(draft)
    return sound


def _with_known_skus(part: list[OrderDraft], report: ImportReport, columns: dict[str, str]) -> list[OrderDraft]:
    """Those of `part` whose SKUs all are products; each unknown SKU of the others is reported where it stands."""
    unknown, sound = unknown_skus(part), []
    for draft in part:
        lines = [at for at, line in enumerate(draft.lines) if line.sku in unknown and not draft.past]
        for at in lines:
            sku = draft.lines[at].sku
            reason = f"There is no product with the SKU “{sku[:40]}”."
            report.rejects.append(
                RowReject(_row_of(draft, f"lines.{at}"), columns.get("sku", "sku"), reason, draft.external_id[:120], sku[:120],
                          draft.source_file, "sku", unknown[sku])
            )  # fmt: skip
        report.rejected += bool(lines)
        if not lines:
            sound.append(draft)
    return sound


def _store(
    part: list[OrderDraft], channel: Channel, report: ImportReport, actor: Any, columns: dict[str, str], run: Run
) -> None:  # fmt: skip
    with transaction.atomic():
        if run.held:
            run.held()
        captured = capture_orders(part, channel=channel, actor=actor)
        if run.stored:
            # After the stock was claimed, against the rule: only now are the numbers known, and it is one short statement.
            run.stored([c.number for c in captured if c.outcome == "created"], ImportOutcome.CREATED)
    for draft, found in zip(part, captured, strict=True):
        match found.outcome:
            case "created":
                report.created += 1
            case "unchanged":
                report.unchanged += 1
            case "changed":
                _update(draft, found, report, actor, columns, run)
            case _:
                report.reject(draft, found.refusals, columns)


def _update(
    draft: OrderDraft, found: Captured, report: ImportReport, actor: Any, columns: dict[str, str], run: Run
) -> None:  # fmt: skip
    with transaction.atomic():
        if run.held:
            run.held()
        try:
            with transaction.atomic():
                recapture_order(found.number, draft, actor=actor)
                if run.stored:
                    run.stored([found.number], ImportOutcome.UPDATED)
        except Refused as refused:
            report.reject(draft, refused.reasons, columns)
        else:
            report.updated += 1


def _check(part: list[OrderDraft], channel: Channel | None, report: ImportReport, columns: dict[str, str]) -> None:
    """What storing `part` would do, found out without writing."""
    ids = [d.external_id for d in part]
    rows = Order.objects.filter(channel=channel, external_id__in=ids) if channel else Order.objects.none()
    known = dict(rows.values_list("external_id", "source_hash"))
    for draft in part:
        if found := problems(draft):
            report.reject(draft, found, columns)
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
