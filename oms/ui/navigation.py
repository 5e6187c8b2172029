"""What the rail offers, in order. Permission decides who sees an entry; an address that does not exist has none."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse

from oms.kernel.clock import business_date
from oms.ui.counting import Count, count_kept

PHONE_ENTRIES = 4
MOST = 99


@dataclass(frozen=True)
class NavEntry:
    """`key` names the section that pages set as `here`; `go` is the letter after g; `waits` gives the rows that wait.

    Which rows wait depends on the person's reach, the business day and `Present()` alone: the statement is kept.
    """

    key: str
    label: str
    icon: str
    url_name: str
    permission: str
    go: str = ""
    waits: Callable[[Any], Sequence[QuerySet]] | None = None
    tone: str = ""
    within: str = ""  # how the addresses of its pages begin, where they do not begin with its own


@dataclass(frozen=True)
class Destination:
    """An entry as one person sees it on one page."""

    entry: NavEntry
    url: str
    current: bool
    count: Count


ENTRIES: list[NavEntry] = [
    NavEntry("home", "Home", "home", "home", "home.view", go="h"),
    NavEntry("orders", "Orders", "orders", "orders:list", "orders.view", go="o"),
    NavEntry("pick", "Pick", "pick", "fulfilment:pick-queue", "fulfilment.work", go="i"),
    NavEntry("pack", "Pack", "pack", "fulfilment:pack-queue", "fulfilment.work", go="k"),
    NavEntry("dispatch", "Dispatch", "truck", "fulfilment:dispatch-queue", "fulfilment.work", go="d"),
    NavEntry("payments", "Payments", "coins", "payments:list", "payments.view", go="p"),
    NavEntry("returns", "Returns", "ret", "returns:list", "returns.view", go="r"),
    NavEntry("stock", "Stock", "stock", "inventory:stock", "inventory.view", go="s"),
    NavEntry("waiting", "Waiting", "clock", "orders:waiting", "orders.view", go="w"),
    NavEntry("purchases", "Purchases", "store", "purchases:list", "purchases.view", go="b"),
    NavEntry("transfers", "Transfers", "between", "transfers:list", "inventory.view", go="f"),
    NavEntry("assemblies", "Assemblies", "tool", "assemblies:list", "inventory.view", go="a"),
    NavEntry("customers", "Customers", "people", "customers:list", "customers.view", go="c"),
    NavEntry("standing", "Standing", "swap", "standing:list", "standing.view", tone="late"),
    NavEntry("messages", "Messages", "chat", "notifications:list", "messages.view", go="m"),
    NavEntry("imports", "Imports", "import", "imports:list", "orders.import"),
    NavEntry("reports", "Reports", "chart", "reports:list", "reports.view", go="t"),
    NavEntry("routing", "Rules", "split", "routing:versions", "routing.view", within="/rules/"),
    NavEntry("ops", "Health", "flag", "events:deliveries", "ops.view"),
    NavEntry("setup", "Set-up", "rules", "admin:index", "admin.site"),
]


def register(entry: NavEntry) -> None:
    """Add an entry, or replace the one with the same key (an app's AppConfig.ready says what waits there)."""
    for at, known in enumerate(ENTRIES):
        if known.key == entry.key:
            ENTRIES[at] = entry
            return
    ENTRIES.append(entry)


def destinations(request: HttpRequest) -> tuple[Destination, ...]:
    """The entries this person may open. The current one is the longest address that the page's own begins with."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return ()
    open_to_me = [(e, url) for e in ENTRIES if user.can(e.permission) and (url := _address(e.url_name))]
    here = max((url for e, url in open_to_me if _within(request.path, e.within or url)), key=len, default="")
    counts = _counts([e for e, _ in open_to_me], user)
    return tuple(Destination(e, url, url == here, counts[e.key]) for e, url in open_to_me)


def _counts(entries: Sequence[NavEntry], user: Any) -> dict[str, Count]:
    """How much waits behind each entry, up to `MOST`; all counted in one round trip."""
    waiting = [e for e in entries if e.waits]
    key = "rail", user.reach, business_date(), tuple(e.key for e in waiting)
    found = count_kept(key, lambda: [e.waits(user) for e in waiting if e.waits], [MOST] * len(waiting))
    return dict.fromkeys((e.key for e in entries), Count(0)) | {e.key: n for e, n in zip(waiting, found, strict=True)}


def _within(path: str, url: str) -> bool:
    return path == url or (url != "/" and path.startswith(url))


@lru_cache  # addresses do not change while a process runs
def _address(url_name: str) -> str:
    try:
        return reverse(url_name)
    except NoReverseMatch:
        return ""
