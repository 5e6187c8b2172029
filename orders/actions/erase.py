"""Erase the personal data of a customer, for good: on their request, or when it was kept as long as the house keeps it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from django.apps import apps
from django.contrib.postgres.fields import ArrayField
from django.db import connection, models, transaction
from django.db.models import Model, Q, QuerySet

from oms.events.publish import Fact, publish_all
from oms.kernel.actors import as_actor
from oms.kernel.clock import now
from oms.kernel.errors import Busy, Refused
from oms.kernel.nudge import nudge_on_commit
from oms.kernel.personal import BOOK, MARK
from orders.files.shelf import take_away
from orders.finding import search_terms
from orders.imports.batches import ask
from orders.imports.forget import empty
from orders.locks import lock_imports, lock_orders
from orders.models import (
    Attachment,
    BlockedEntry,
    Customer,
    Erasure,
    ImportBatch,
    ImportFile,
    ImportFix,
    ImportGoal,
    Order,
)
from orders.privacy.blocks import blocks_of, keep_blocks
from orders.privacy.files import files_listing, files_with, is_text, marks_of, records, waiting_with
from orders.privacy.person import Person, person_of, scrubbed
from orders.privacy.reach import mentioning, named, rows_of
from orders.privacy.rules import refusals
from orders.tags import tag_terms

# Lets rows that are otherwise never changed lose what they say of a person, in this transaction only.
ALLOW = "SET LOCAL oms.erasing = 'on'"
FORBID = "SET LOCAL oms.erasing = 'off'"
TEXTS = (models.CharField, models.TextField, models.JSONField, ArrayField)
# Machine words: other rows and systems find this one by them.
KEPT = frozenset(
    {"external_id", "message_id", "key", "sku", "code", "currency", "source_hash", "tax_id", "stream", "subject"}
)
# Ours, who did it: a colleague may be called as the customer is.
ACTORS = frozenset({
    "actor_name", "by", "placed_by", "cleared_by", "removed_by", "author_name", "made_by", "created_by", "requested_by",
    "requested_by_name", "answered_by", "inspected_by", "assignee", "asked_by", "counted_by",
})  # fmt: skip
SPEAKING = frozenset({"events.Event", "orders.Past", "orders.RecurringRun"})  # they keep what people wrote, in JSON
OF_PRODUCTS = frozenset(
    {"orders.OrderLine", "fulfilment.PackScan", "orders.HistoricalPriceList"}
)  # whose `name` is one


@dataclass
class Changes:
    """What an erasure changes: `counts`, rows by what they are called; `imports`, the keys of those whose files say less."""

    counts: dict[str, int] = field(default_factory=dict)
    imports: set[int] = field(default_factory=set)

    def add(self, what: str, n: int) -> None:
        if n:
            self.counts[what] = self.counts.get(what, 0) + n

    def add_beside(self, model: type[Model], changed: list[int]) -> None:
        self.add(named(model), len(changed))
        if model in (ImportFile, ImportFix):
            rows = model._base_manager.filter(pk__in=changed)
            self.imports.update(rows.values_list("batch_id", flat=True))


@transaction.atomic
def erase_customer(pk: int, *, reason: str, actor: Any) -> Erasure:
    """Erase what tells who customer `pk` is, from every table; amounts, goods, tax facts and the course of their orders stay.

    Refuses without a reason, while something of theirs is still to be done, and what is erased already. Imports are locked
    first, so that what a worker has read of a file about them is not stored afterwards, then their orders, then they.
    What is left is said by oms.kernel.personal and by the apps; nothing of it can be brought back.
    """
    lock_imports()
    orders = lock_orders(Order.objects.filter(customer=pk).values_list("number", flat=True))
    customer = Customer.objects.select_for_update().filter(pk=pk).first()
    if customer is None:
        raise Refused("customer_not_found", "There is no such customer.")
    if not (reason := reason.replace("\x00", "").strip()):
        raise Refused("reason_missing", "Say why: the customer's request and its day, or the rule of the house.")
    if Order.objects.filter(customer=customer).count() != len(orders):
        raise Busy("An order of theirs came in or went to another customer this moment. Look again.")
    if closed := refusals(customer, orders):
        raise Refused.because(closed)
    person = person_of(customer)
    files = list(Attachment.objects.filter(order__in=orders, removed_at__isnull=True).values_list("path", flat=True))
    with connection.cursor() as cursor:
        cursor.execute(ALLOW)
        counts = _erase(customer, person)
        cursor.execute(FORBID)
    who = as_actor(actor)
    erasure = Erasure.objects.create(
        customer=customer, by_user_id=who.user_id, by=who.name, reason=reason[:300], orders=len(orders), rows=counts
    )
    publish_all(
        [Fact("orders.person_erased", order.number, payload={"reason": reason[:300]}) for order in orders], actor=actor
    )
    for path in files:
        transaction.on_commit(partial(take_away, path))
    return erasure


def _erase(customer: Customer, person: Person) -> dict[str, int]:
    made = Changes()
    theirs, others = person.of_theirs(), person.of_others()
    for model, rows in rows_of(customer):
        label = model._meta.label
        made.add(named(model), rows.delete()[0] if label in BOOK.gone else len(_rewrite(model, rows, theirs, label)))
    for order in Order.objects.filter(customer=customer).prefetch_related("lines"):
        terms = search_terms(order.number, order.external_id, *(line.sku for line in order.lines.all()))
        Order.objects.filter(pk=order.pk).update(search_terms=[*terms, *tag_terms(order.tags)])
    made.add(named(BlockedEntry), keep_blocks(person))
    for model, rows, only_with in _beside(customer, others):
        made.add_beside(model, _rewrite(model, rows, theirs, model._meta.label, only_with))
    ImportBatch.objects.filter(pk__in=made.imports).update(erased_at=now())
    _forget_emptied()
    _check_again(made.imports)
    return made.counts


def what_changes(customer: Customer) -> Changes:
    """What an erasure would change now. Changes nothing."""
    reached, made = list(rows_of(customer)), Changes()
    person = person_of(customer, reached)
    theirs, others = person.of_theirs(), person.of_others()
    for model, rows in reached:
        label = model._meta.label
        made.add(named(model), rows.count() if label in BOOK.gone else len(list(_changes(model, rows, theirs, label))))
    made.add(named(BlockedEntry), blocks_of(person).count())
    for model, rows, only_with in _beside(customer, others):
        made.add_beside(model, [pk for pk, _ in _changes(model, rows, theirs, model._meta.label, only_with)])
    return made


def _beside(
    customer: Customer, others: re.Pattern[str] | None
) -> Iterator[tuple[type[Model], QuerySet, re.Pattern[str]]]:
    """(model, rows that speak of the person without hanging on them, what tells the lines of a file that do).

    A file that brought in an order of theirs is one of them even where nothing can be looked for in it, as in a spreadsheet;
    one that waits to be imported is opened. Files are asked for before the rows to fix that tell of them.
    """
    orders = Order.objects.filter(customer=customer)
    for label, found in BOOK.beside.items():
        model = apps.get_model(label)
        rows = mentioning(model, found.columns, others) if others else model._base_manager.none()
        tells = [others.pattern] if others else []
        if model is ImportFile:
            tells += marks_of(orders.only("pk", "external_id"))
            rows = _files(rows, orders, others, tells)
        if tells:
            yield model, rows, re.compile("|".join(tells), re.IGNORECASE)


def _files(
    naming: QuerySet, orders: QuerySet[Order], others: re.Pattern[str] | None, tells: list[str]
) -> QuerySet[ImportFile]:
    theirs = Q(pk__in=naming.values("pk")) | Q(pk__in=files_with(orders).values("pk"))
    if others:
        theirs |= files_listing(others)
    if tells:
        theirs |= Q(pk__in=waiting_with(re.compile("|".join(tells), re.IGNORECASE)))
    return ImportFile.objects.filter(theirs)


def _forget_emptied() -> None:
    """An import of which a file is gone cannot be checked or brought in again, and says so."""
    gone = ImportFile.objects.filter(content=b"", size__gt=0, batch__forgotten_at__isnull=True)
    for batch in ImportBatch.objects.select_for_update().filter(pk__in=gone.values("batch")).order_by("pk"):
        empty(batch)


def _check_again(imports: set[int]) -> None:
    """What was found in files that say less now holds no more: they are checked once more before somebody imports them."""
    checked = ImportBatch.objects.filter(pk__in=imports, forgotten_at=None, goal=ImportGoal.CHECK, error="")
    for number in checked.filter(finished_at__isnull=False).order_by("pk").values_list("number", flat=True):
        ask(number, ImportGoal.CHECK)
        nudge_on_commit("orders.tasks.run_imports")


def _rewrite(model: type[Model], rows: QuerySet, *how: Any) -> list[int]:
    """Take the person out of `rows`; the keys of those that changed."""
    changes = list(_changes(model, rows, *how))
    for pk, new in changes:
        model._base_manager.filter(pk=pk).update(**new)
    return [pk for pk, _ in changes]


def _changes(
    model: type[Model], rows: QuerySet, pattern: re.Pattern[str] | None, label: str, only_with: re.Pattern[str] | None = None
) -> Iterator[tuple[int, dict[str, Any]]]:  # fmt: skip
    """(key, new values) of each of `rows` that says something of the person. Of a file only the lines `only_with` finds change."""
    left = BOOK.left.get(label.replace("Historical", ""), {})
    columns = [
        f for f in model._meta.concrete_fields
        if f.attname in left or isinstance(f, models.BinaryField)
        or (isinstance(f, TEXTS) and not f.unique and not f.choices and f.attname not in KEPT | ACTORS
            and not (f.attname == "name" and label in OF_PRODUCTS))
    ]  # fmt: skip
    for row in list(rows.values("pk", *(f.attname for f in columns))) if columns else ():
        new = {}
        for column in columns:
            name, was = column.attname, row[column.attname]
            cleaned = _left(was, left[name]) if name in left else _cleaned(was, pattern, only_with, column)
            if cleaned != was:
                new[name] = cleaned
        if new:
            yield row["pk"], new


def _left(was: Any, rule: Any) -> Any:
    return rule(was) if callable(rule) else rule


def _cleaned(was: Any, pattern: re.Pattern[str] | None, only_with: re.Pattern[str] | None, column: models.Field) -> Any:
    if isinstance(column, models.BinaryField):
        return _cleaned_file(bytes(was), pattern, only_with) if was else was
    cleaned = scrubbed(was, pattern, words=column.model._meta.label in SPEAKING)
    most = getattr(column, "max_length", None)
    return cleaned[:most] if isinstance(cleaned, str) and most else cleaned


def _cleaned_file(content: bytes, pattern: re.Pattern[str] | None, only_with: re.Pattern[str] | None) -> bytes:
    """A text loses the person row by row, so that the rows of others stay as they came; what is no text is emptied."""
    if not is_text(content):
        return b""
    if pattern is None:
        return content
    lines = records(content.decode())
    return "".join(pattern.sub(MARK, x) if only_with is None or only_with.search(x) else x for x in lines).encode()
