"""What a view of the orders list keeps, as a person reads it."""

from django.http import QueryDict

from oms.ui.chips import chips
from orders.columns import COLUMNS, known
from orders.filters import OrderFilter
from orders.models import Order
from orders.views.listing import OrderList, named_views


def view_words(query: str) -> list[tuple[str, str]]:
    """(what, in words) of everything that `query`, a query string of the list, narrows, sorts and shows; empty: every order."""
    given = QueryDict(query)
    label = next((view.label for view in named_views() if view.key == given.get("view")), "")
    found = [("View", label)] if label else []
    form = OrderFilter(given, queryset=Order.objects.none()).form
    gone = [(str(form.fields[name].label), "is no choice any more") for name in form.errors]
    found += [(chip.label, chip.words) for chip in chips(form, given, hidden=frozenset(), is_kept=True)] + gone
    if sort := OrderList.sorts.get(given.get("sort", "")):
        found.append(("Sorted", sort.label))
    if keys := known(given.get("cols", "").split(",")):
        found.append(("Columns", ", ".join(COLUMNS[key].title for key in keys)))
    if given.get("density") == "compact":
        found.append(("Rows", "compact"))
    return found
