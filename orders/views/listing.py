"""The orders list: saved views, filters, search, selection, export."""

from collections.abc import Hashable, Sequence
from dataclasses import replace
from functools import cached_property
from typing import Any, ClassVar

from django.db.models import Q, QuerySet
from django.http import HttpRequest

from oms.kernel.clock import now
from oms.live.watch import start, watch
from oms.ui.keyset import Sort
from oms.ui.listpage import Column, ListPage, SavedView
from orders.choices import Choices, read_choices
from orders.columns import COLUMNS, NUMBER, USUAL, columns_of
from orders.filters import OrderFilter
from orders.models import Order
from orders.moves import TEAM_LABELS
from orders.stagebook import stages
from orders.views.tabs import tabs_of


def mine(rows: QuerySet, user: Any) -> QuerySet:
    """Theirs by name, or their teams' work that nobody has taken."""
    return rows.exclude(next_action="").filter(Q(assignee=user) | Q(assignee__isnull=True, owner_team__in=user.teams))


def mine_apart(rows: QuerySet, user: Any) -> list[QuerySet]:
    """The rows of `mine`, each part in the order of one index: their own, and each team's that nobody has taken."""
    waiting = rows.exclude(next_action="")
    free = waiting.filter(assignee__isnull=True)
    return [waiting.filter(assignee=user), *(free.filter(owner_team=team) for team in user.teams)]


def in_stage(*keys: str):
    return lambda rows, user: rows.filter(stage__in=keys)


def at_stage(key: str):
    return lambda rows, user: rows.at_stage(key)


SHOWN = (
    "number", "external_id", "placed_at", "customer_name", "ship_city", "address_count", "currency", "total", "book_total",
    "book_currency", "line_count", "payment_status", "fulfilment_status", "stage", "stage_since", "next_text", "owner_team",
    "due_at", "open_holds", "hold_summary", "qty_ordered", "qty_backordered", "next_action", "claimed_until",
    "claimed_step", "channel_id", "assignee_id", "claimed_by_id",
)  # fmt: skip


FILE = (
    Column("Order", lambda o: o.number), Column("Channel", lambda o: o.channel.name), Column("Channel's id", lambda o: o.external_id),
    Column("Placed", lambda o: o.placed_at), Column("Customer", lambda o: o.customer_name), Column("City", lambda o: o.ship_city),
    *COLUMNS["total"].export, Column("Payment", lambda o: o.get_payment_status_display()),
    Column("Fulfilment", lambda o: o.get_fulfilment_status_display()), Column("Stage", lambda o: stages()[o.stage].label),
    Column("Next step", lambda o: o.next_text), Column("Owner", lambda o: TEAM_LABELS.get(o.owner_team, "")),
    Column("Due", lambda o: o.due_at),
)  # fmt: skip


# Views that are one stage and nothing else: they bear the name the house gives it. "To confirm" names the work instead.
ONE_STAGE = {"payment-pending": "payment_pending", "ready": "ready_to_pack"}


class OrderList(ListPage):
    queryset = Order.objects.all()
    name, nouns = "orders", ("order", "orders")
    template_name, fragment_name = "orders/order_list.html", "orders/_table.html"
    permission, export_permission = "orders.view", "orders.export"
    ids_first = kept_statements = True
    filterset_class = OrderFilter
    views: ClassVar = (
        SavedView("open", "Open", lambda rows, user: rows.open(), empty="No open orders"),
        SavedView("mine", "Mine to do", mine, empty="Nothing waits for you", parts=mine_apart),
        SavedView("to-confirm", "To confirm", at_stage("new"), empty="Nothing to confirm"),
        SavedView("late", "Late", lambda rows, user: rows.late(), tone="late", empty="No late orders"),
        SavedView(
            "blocked", "Blocked", lambda rows, user: rows.open().filter(open_holds__gt=0), empty="Nothing is on hold"
        ),
        SavedView("payment-pending", "Payment pending", at_stage("payment_pending"), empty="Every payment is in"),
        SavedView("ready", "Ready to pack", at_stage("ready_to_pack"), empty="Nothing to pick"),
        SavedView(
            "in-transit",
            "In transit",
            in_stage("dispatched", "partly_dispatched"),
            sort="newest",
            empty="Nothing on the road",
        ),
        SavedView("returns", "Returns", in_stage("return_in_progress"), sort="newest", empty="No return is open"),
        SavedView(
            "all", "All", sort="newest", empty="No orders yet", empty_why="Import a file, or enter the first one."
        ),
    )
    sorts: ClassVar = {
        "promise": Sort("soonest deadline first", ("due_at", "id"), frozenset({"due_at"}), "Sooner", "Later"),
        "waiting": Sort("longest waiting first", ("stage_since", "id"), frozenset(), "Earlier", "Later"),
        "newest": Sort("newest first", ("-placed_at", "-id"), frozenset(), "Newer", "Older"),
        "oldest": Sort("oldest first", ("placed_at", "id"), frozenset(), "Older", "Newer"),
        "total": Sort(
            "largest total first, in the currency of the books",
            ("-book_total", "-id"),
            frozenset({"book_total"}),
            "Larger",
            "Smaller",
        ),
    }

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        """The person's saved views come after the built-in ones."""
        super().setup(request, *args, **kwargs)
        builtin = {view.key: view for view in named_views()}
        self.views = (*builtin.values(), *tabs_of(request, builtin))  # type: ignore[misc]

    @cached_property
    def shown_keys(self) -> tuple[str, ...]:
        """The columns on screen, those of a saved view before the person's own."""
        asked = self.request.GET.get("cols", "") or self.view_in_use(self.request).columns
        return columns_of(self.request.user, asked)

    @property
    def columns(self) -> Sequence[Column]:  # type: ignore[override]
        """A file has what the screen has; the usual layout has a file of its own, as it always was."""
        if self.shown_keys == USUAL:
            return FILE
        return (NUMBER, *(column for key in self.shown_keys for column in COLUMNS[key].export))

    @cached_property
    def choices(self) -> Choices:
        return read_choices()

    def worth_counting(self, filters: OrderFilter) -> bool:
        return not filters.is_broad

    def choices_key(self) -> Hashable:
        return self.choices

    def prefetch(self, rows: QuerySet) -> QuerySet:
        # An order has a hundred columns; reading them all was a quarter of the page's time.
        return rows.select_related("channel").only(*SHOWN, *self._read_too(), "channel__name")

    def shown(self, rows: QuerySet) -> QuerySet:
        """A page's rows alone: the names of channels and people come from the choices, which the page reads anyway."""
        return rows.only(*SHOWN, *self._read_too())

    def shown_key(self) -> Hashable:
        return self.shown_keys

    def _read_too(self) -> list[str]:
        return [name for key in self.shown_keys for name in COLUMNS[key].reads]

    def context(self, request: HttpRequest, *, part: bool) -> dict[str, Any]:
        """The list's context, with what the page on screen may ask about; the place is read before the rows are."""
        place = start()
        context = super().context(request, part=part)
        return context | {"watch": watch(request.user, place, [order.number for order in context["rows"]])}

    def extra(self, rows: list[Order]) -> dict[str, Any]:
        book, at, channels, names = stages(), now(), self.choices.channels, self.choices.names
        for order in rows:
            order.channel_name = channels[order.channel_id]  # type: ignore[attr-defined]
            order.assignee_name = names.get(order.assignee_id, "")  # type: ignore[attr-defined]
            order.claimer_name = names.get(order.claimed_by_id, "")  # type: ignore[attr-defined]
            info = book[order.stage]
            order.stage_label, order.stage_tone = info.label, info.tone  # type: ignore[attr-defined]
            order.owner_label = TEAM_LABELS.get(order.owner_team, "")  # type: ignore[attr-defined]
            order.is_late = order.due_at is not None and order.due_at < at  # type: ignore[attr-defined]
            order.edge = "late" if order.is_late else "blocked" if order.open_holds else ""  # type: ignore[attr-defined]
        return {
            "here": "orders",
            "hold_reasons": self.choices.hold_reasons,
            "people": self.choices.staff,
            "may_import": self.request.user.can("orders.import"),
            "shown_columns": [COLUMNS[key] for key in self.shown_keys],
            "shown_keys": self.shown_keys,
            "is_usual": self.shown_keys == USUAL,
            "density": self.request.GET.get("density", "") or self.view_in_use(self.request).density,
            "kept_columns": "" if self.shown_keys == USUAL else ",".join(self.shown_keys),
            "may_create": self.request.user.can("orders.create"),
            "may_save": self.request.user.can("orders.views"),
        }


def named_views() -> list[SavedView]:
    """The built-in views by the names that the house gives them."""
    return [_as_named(view) for view in OrderList.views]


def _as_named(view: SavedView) -> SavedView:
    return replace(view, label=stages()[ONE_STAGE[view.key]].label) if view.key in ONE_STAGE else view
