"""Keep a narrowing of the orders list under a name, for oneself or for everybody."""

from typing import Any

from django.db import IntegrityError, transaction
from django.http import QueryDict

from oms.kernel.errors import Refused
from orders.models import SavedView

LONGEST_NAME, LONGEST_QUERY, MOST = 60, 1000, 20
# Cursors and page sizes belong to the moment, not to the view.
DROPPED = ("after", "before", "size", "export")


def save_view(name: str, *, query: str, is_shared: bool, actor: Any) -> SavedView:
    """Keep `query` (the list's own query string) as `name`. Refuses a name taken, and more than `MOST` of one person."""
    name, query = _checked_name(name), clean_query(query)
    if SavedView.objects.filter(owner=actor).count() >= MOST:
        raise Refused("too_many_views", f"You have {MOST} saved views; delete one first.")
    return _stored(SavedView(name=name, query=query, owner=actor, is_shared=is_shared))


def rename_view(pk: int, *, name: str, is_shared: bool, actor: Any) -> SavedView:
    """Give one of the person's own views another name, and share it or not."""
    view = own_view(pk, actor)
    view.name, view.is_shared = _checked_name(name), is_shared
    return _stored(view)


def delete_view(pk: int, *, actor: Any) -> str:
    """Remove one of the person's own views; returns the name it had."""
    view = own_view(pk, actor)
    name = view.name
    view.delete()
    return name


def own_view(pk: int, actor: Any) -> SavedView:
    view = SavedView.objects.filter(pk=pk, owner=actor).first()
    if view is None:
        raise Refused("view_gone", "That is not one of your views; only the person who saved a view can change it.")
    return view


def clean_query(query: str) -> str:
    """The query string without what belongs to one moment; Refused when it is longer than a view can hold."""
    if len(query) > 4 * LONGEST_QUERY:
        raise Refused("query_long", "These filters are too many for one view; drop some and save again.")
    given = QueryDict(query.replace("\x00", ""), mutable=True)
    for name in DROPPED:
        given.pop(name, None)
    for name, values in list(given.lists()):
        given.setlist(name, [v for v in values if v])
    if len(clean := given.urlencode()) > LONGEST_QUERY or "%00" in clean:
        raise Refused("query_long", "These filters are too many for one view; drop some and save again.")
    return clean


def _checked_name(name: str) -> str:
    name = " ".join(name.replace("\x00", "").split())
    if not name:
        raise Refused("name_missing", "Give the view a name.")
    if len(name) > LONGEST_NAME:
        raise Refused("name_long", f"A name holds {LONGEST_NAME} characters; this one has {len(name)}.")
    return name


def _stored(view: SavedView) -> SavedView:
    try:
        with transaction.atomic():
            view.save()
    except IntegrityError as taken:
        raise Refused("name_taken", f"You already have a view called “{view.name}”; choose another name.") from taken
    return view
