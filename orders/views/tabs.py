"""Saved views as tabs of the orders list: a person's own, and those that others share."""

from collections.abc import Callable
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, QueryDict

from oms.kernel.db import fetch
from oms.ui.listpage import SavedView as Tab
from orders.filters import OrderFilter

# Every orders list begins with it, so it is a prepared statement: name, filters, and whose it is when another's.
READ = """
SELECT v.id, v.name, v.query, o.display_name FROM orders_savedview v
LEFT JOIN access_user o ON o.id = v.owner_id AND o.id <> %s::bigint
WHERE v.key = '' AND (v.owner_id = %s::bigint OR v.is_shared)
ORDER BY v.position, v.name, v.id LIMIT 30
"""


def tabs_of(request: HttpRequest, builtin: dict[str, Tab]) -> list[Tab]:
    """The person's own views and the shared ones, as tabs of the list."""
    return [_tab(*row, request, builtin) for row in fetch(READ, [request.user.pk, request.user.pk])]


def _tab(pk: int, name: str, kept: str, others: str | None, request: HttpRequest, builtin: dict[str, Tab]) -> Tab:
    query = QueryDict(kept)
    base = builtin.get(query.get("view", ""))
    return Tab(
        f"my-{pk}",
        f"{name} ({others})" if others else name,
        _narrowing(query, request, base),
        sort=query.get("sort", ""),
        empty="Nothing fits this view",
        columns=query.get("cols", ""),
        density=query.get("density", ""),
        fixed=False,
    )


def _narrowing(query: QueryDict, request: HttpRequest, base: Tab | None) -> Callable[[QuerySet, Any], QuerySet]:
    def narrow(rows: QuerySet, user: Any) -> QuerySet:
        filters = OrderFilter(query, queryset=base.narrow(rows, user) if base else rows, request=request)
        return filters.qs if filters.form.is_valid() else rows.none()

    return narrow
