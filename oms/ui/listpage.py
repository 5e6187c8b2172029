"""The one list page: saved views, filters, sorts, keyset pages, capped counts and an export of what is on screen.

Subclass it, name the pieces, and give it a template; docs/ui.md has an example. It never runs an unbounded COUNT
and never an OFFSET. An htmx request gets `fragment_name`, everybody else the whole page.
"""

from collections.abc import Callable, Hashable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar

from django.core.exceptions import ImproperlyConfigured, PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django.utils.functional import SimpleLazyObject
from django.utils.safestring import SafeString, mark_safe
from django.views import View as DjangoView
from django_filters import FilterSet

from oms.kernel import csvout
from oms.kernel.clock import business_date
from oms.ui.chips import chips
from oms.ui.counting import CAP, TAB_CAP, Count, count_kept, count_together
from oms.ui.kept import Kept
from oms.ui.keyset import BadCursor, Page, Sort, first_page, ordered, page_of
from oms.ui.templatetags.oms_ui import field

PAGE_SIZES = (25, 50, 100)
STALE_CURSOR = "That page link no longer fits this list, so this is its first page."
NO_MATCH, NO_MATCH_WHY = "Nothing matches", "No row of this view fits the search and the filters above."
EXPORT_CHUNK = 2000
# Parameters of the page itself; every other one narrows the rows.
PAGE_KEYS = frozenset({"view", "sort", "size", "after", "before", "export", "cols", "density"})
_panels = Kept(256)


@dataclass(frozen=True)
class SavedView:
    """A tab: a named narrowing of the list. `tone="late"` colours its count when it is not zero.

    `parts` gives the same rows as querysets without a row in common, where no one index has them all in order;
    the list then reads and counts them side by side.
    """

    key: str
    label: str
    narrow: Callable[[Any, Any], QuerySet] = lambda rows, user: rows
    sort: str = ""
    tone: str = ""
    empty: str = "Nothing here"
    empty_why: str = ""
    columns: str = ""  # kept with the view; lists that let people choose read it
    density: str = ""
    parts: Callable[[Any, Any], Sequence[QuerySet]] | None = None
    fixed: bool = True  # its rows follow from the person's reach and the present moment (see ListPage.kept_statements)

    def apart(self, rows: QuerySet, user: Any) -> Sequence[QuerySet]:
        return self.parts(rows, user) if self.parts else [self.narrow(rows, user)]


@dataclass(frozen=True)
class Column:
    """A column of the export: its title, and how to read it from a row."""

    title: str
    read: Callable[[Any], Any]


@dataclass(frozen=True)
class Tab:
    view: SavedView
    count: Count
    current: bool

    @property
    def tone(self) -> str:
        return self.view.tone if self.count else ""


class ListPage(DjangoView):
    """A list of one kind of record. The querysets come through `visible_to(user)`, always."""

    queryset: ClassVar[QuerySet]
    name: ClassVar[str]
    nouns: ClassVar[tuple[str, str]]
    template_name: ClassVar[str]
    fragment_name: ClassVar[str]
    filterset_class: ClassVar[type[FilterSet]]
    views: ClassVar[Sequence[SavedView]] = (SavedView("all", "All"),)
    sorts: ClassVar[dict[str, Sort]]
    page_size: ClassVar[int] = 50
    count_cap: ClassVar[int] = CAP
    tab_cap: ClassVar[int] = TAB_CAP
    columns: ClassVar[Sequence[Column]] = ()
    permission: ClassVar[str] = ""
    export_permission: ClassVar[str] = ""
    # Find the ids of a page first, then read its rows: for wide tables that many indexes answer.
    ids_first: ClassVar[bool] = False
    # Write the statements of the fixed views once per person: for lists opened all day. Their `narrow` and `parts` may
    # then read nothing but the person and `Present()`. Needs `ids_first`. A list with a `base` of its own says it anew:
    # its rows may depend on more, and a statement kept of one customer would answer for every other.
    kept_statements: ClassVar[bool] = False

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if "base" in cls.__dict__ and "kept_statements" not in cls.__dict__:
            cls.kept_statements = False

    def prefetch(self, rows: QuerySet) -> QuerySet:
        """Join what a row's template reads; used for the page and for the export, never for the counts."""
        return rows

    def shown(self, rows: QuerySet) -> QuerySet:
        """The same for the page alone, where `extra` fills in what the export must join."""
        return self.prefetch(rows)

    def extra(self, rows: list[Any]) -> dict[str, Any]:
        """More context for the template, from the rows of this page."""
        return {}

    def worth_counting(self, filters: FilterSet) -> bool:
        """Whether to count what the filters leave; if not, the page says only how many it shows at least."""
        return True

    def choices_key(self) -> Hashable | None:
        """All that the filter panel's choices are drawn from, to draw it once for everybody; None draws it every time."""
        return None

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if self.permission and not request.user.can(self.permission):
            raise PermissionDenied
        if request.GET.get("export") == "csv":
            return self.export(request)
        part = request.headers.get("HX-Request") == "true" and request.headers.get("HX-Boosted") != "true"
        answer = render(request, self.fragment_name if part else self.template_name, self.context(request, part=part))
        patch_vary_headers(answer, ["HX-Request"])
        return answer

    def context(self, request: HttpRequest, *, part: bool) -> dict[str, Any]:
        """Everything the templates need; a fragment goes without the tabs and their counts."""
        view, sort_key = self.view_in_use(request), self.sort_in_use(request)
        filters, rows = self.narrowed(request)
        size = self.size_in_use(request)
        narrowing = _narrowing(request)
        if kept := None if narrowing else self.first_page(request, size):
            page, notice = kept, ""
        else:
            page, notice = self.page(request, self.in_parts(request, filters, rows), self.sorts[sort_key], size)
        if narrowing and not filters.form.is_valid():
            notice = "Some filters could not be read: " + " ".join(
                f"{filters.form.fields[name].label}: {' '.join(errors)}" for name, errors in filters.form.errors.items()
            )
        seen = at_least(page) if narrowing and not self.worth_counting(filters) else None
        if part:
            parts = self.in_parts(request, filters, rows)
            tabs, total = [], seen or count_together([parts], self.count_cap)[0]
        else:
            tabs, total = self.tabs_and_total(request, lambda: self.in_parts(request, filters, rows), seen)
        return {
            "page": page,
            "rows": page.rows,
            "total": total,
            "tabs": tabs,
            "view": replace(view, empty=NO_MATCH, empty_why=NO_MATCH_WHY) if narrowing else view,
            "whole_view": f"?view={view.key}" if narrowing else "",
            "filter": filters,
            "filter_fields": self.filter_fields(filters, request),
            "has_search": "q" in self.filterset_class.base_filters,
            "searched": request.GET.get("q", ""),
            "chips": chips(filters.form, request.GET) if narrowing and filters.form.is_valid() else [],
            "sort": self.sorts[sort_key],
            "sort_key": sort_key,
            "sorts": self.sorts,
            "page_size": size,
            "page_sizes": PAGE_SIZES,
            "notice": notice,
            "nouns": self.nouns,
            "can_export": bool(self.columns) and self.may_export(request),
            **self.extra(page.rows),  # noqa: S610  our own method
        }

    def base(self, request: HttpRequest) -> QuerySet:
        """The rows this person may see at all."""
        if not hasattr(self.queryset, "visible_to"):
            raise ImproperlyConfigured(f"{type(self).__name__}.queryset needs visible_to(user): lists show only that.")
        return self.queryset.all().visible_to(request.user)

    def narrowed(self, request: HttpRequest) -> tuple[FilterSet, QuerySet]:
        """The current view with the filters applied; no rows while a filter cannot be read, rather than too many.

        The filters are made when they are first used: a list that nothing narrows does without their form.
        """
        rows = self.view_in_use(request).narrow(self.base(request), request.user)
        filters: Any = SimpleLazyObject(lambda: self.filterset_class(request.GET, queryset=rows, request=request))
        if not _narrowing(request):
            return filters, rows
        return filters, filters.qs if filters.form.is_valid() else rows.none()

    def in_parts(self, request: HttpRequest, filters: FilterSet, rows: QuerySet) -> Sequence[QuerySet]:
        """`rows` as the view in use reads them: one queryset, or its parts with the filters on each."""
        view = self.view_in_use(request)
        narrowing = _narrowing(request)
        if view.parts is None or (narrowing and not filters.form.is_valid()):
            return [rows]
        parts = view.parts(self.base(request), request.user)
        return [filters.filter_queryset(part) for part in parts] if narrowing else parts

    def view_in_use(self, request: HttpRequest) -> SavedView:
        asked = request.GET.get("view")
        return next((view for view in self.views if view.key == asked), self.views[0])

    def sort_in_use(self, request: HttpRequest) -> str:
        asked = request.GET.get("sort", "") or self.view_in_use(request).sort
        return asked if asked in self.sorts else next(iter(self.sorts))

    def size_in_use(self, request: HttpRequest) -> int:
        asked = request.GET.get("size", "")
        return int(asked) if asked in map(str, PAGE_SIZES) else self.page_size

    def page(self, request: HttpRequest, parts: Sequence[QuerySet], sort: Sort, size: int) -> tuple[Page, str]:
        """One page and a notice; a cursor that cannot be read leads to the first page, said so."""
        after, before = request.GET.get("after", ""), request.GET.get("before", "")
        rows, read = (parts, self.shown) if self.ids_first else (self.shown(parts[0]), None)
        try:
            page = page_of(rows, sort, size=size, after=after, before=before, read=read)
        except BadCursor:
            return page_of(rows, sort, size=size, read=read), STALE_CURSOR
        if not page.rows and (after or before):  # the rows past this edge are gone since the link was made
            return page_of(rows, sort, size=size, read=read), STALE_CURSOR
        if before and not page.before and len(page.rows) < size:  # the start, but short: fill it up from the first page
            return page_of(rows, sort, size=size, read=read), ""
        return page, ""

    def first_page(self, request: HttpRequest, size: int) -> Page | None:
        """The first page of a fixed view by its kept statement; None when the page asked for is another."""
        view = self.view_in_use(request)
        if not (self.kept_statements and view.fixed) or request.GET.get("after") or request.GET.get("before"):
            return None
        sort_key = self.sort_in_use(request)
        return first_page(
            (*self._kept_for(request), view.key, sort_key, size, self.shown_key()),
            lambda: view.apart(self.base(request), request.user),
            self.sorts[sort_key],
            size=size,
            read=self.shown,
        )

    def shown_key(self) -> Hashable:
        """What decides the columns that `shown` reads."""
        return None

    def _kept_for(self, request: HttpRequest) -> tuple[Hashable, ...]:
        return type(self).__module__, type(self).__qualname__, request.user.reach

    def tabs_and_total(
        self, request: HttpRequest, parts: Callable[[], Sequence[QuerySet]], seen: Count | None
    ) -> tuple[list[Tab], Count]:
        """Every saved view with its count, and how many `parts` have unless `seen` says it."""
        current = self.view_in_use(request)
        caps, at = [self.tab_cap] * len(self.views), self.views.index(current)
        narrowing = bool(_narrowing(request))
        if seen is None and not narrowing:  # the list on screen is the current tab
            caps[at] = self.count_cap
        too = parts() if seen is None and narrowing else None
        counts = self._counted(request, caps, too)
        tabs = [Tab(view, count, view is current) for view, count in zip(self.views, counts, strict=False)]
        return tabs, seen or counts[at if too is None else -1]

    def _counted(self, request: HttpRequest, caps: list[int], too: Sequence[QuerySet] | None) -> list[Count]:
        """How many each view has, and last `too`; one round trip, and with kept statements one more for what is not fixed."""
        fixed = [view for view in self.views if view.fixed] if self.kept_statements else []
        free = [view for view in self.views if view not in fixed]
        most = dict(zip((view.key for view in self.views), caps, strict=True))
        found: dict[str, Count] = {}

        def apart(views: Sequence[SavedView]) -> list[Sequence[QuerySet]]:
            base = self.base(request)
            return [view.apart(base, request.user) for view in views]

        if fixed:
            key = *self._kept_for(request), tuple(view.key for view in fixed)
            counts = count_kept(key, lambda: apart(fixed), [most[view.key] for view in fixed])
            found |= zip((view.key for view in fixed), counts, strict=True)
        groups, limits = (apart(free) if free else []), [most[view.key] for view in free]
        if too is not None:
            groups, limits = [*groups, too], [*limits, self.count_cap]
        counts = count_together(groups, limits)
        found |= zip((view.key for view in free), counts, strict=False)
        return [found[view.key] for view in self.views] + (counts[-1:] if too is not None else [])

    def filter_fields(self, filters: FilterSet, request: HttpRequest) -> SafeString:
        """The controls of the filter panel."""
        choices = self.choices_key()
        if choices is None or (_narrowing(request) and not filters.form.is_valid()):  # errors are of one request
            return _drawn(filters)
        key = (type(self), choices, _narrowing(request, besides=frozenset({"q"})))
        return _panels.piece(key, lambda: _drawn(filters))

    def may_export(self, request: HttpRequest) -> bool:
        return not self.export_permission or request.user.can(self.export_permission)

    def export(self, request: HttpRequest) -> StreamingHttpResponse:
        """The current view, filters and sort as CSV, streamed; nothing is left out by paging."""
        if not self.columns or not self.may_export(request):
            raise PermissionDenied
        _, rows = self.narrowed(request)
        rows = ordered(self.prefetch(rows), self.sorts[self.sort_in_use(request)])
        lines = csvout.stream([c.title for c in self.columns], self._cells(rows))
        answer = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
        name = f"{self.name}-{self.view_in_use(request).key}-{business_date():%Y-%m-%d}.csv"
        answer["Content-Disposition"] = f'attachment; filename="{name}"'
        return answer

    def _cells(self, rows: QuerySet) -> Iterator[list[Any]]:
        for row in rows.iterator(chunk_size=EXPORT_CHUNK):
            yield [column.read(row) for column in self.columns]


def at_least(page: Page) -> Count:
    """What one page says about the whole: "50+" when there are others, else all of them."""
    return Count(len(page.rows), capped=bool(page.before or page.after))


def _drawn(filters: FilterSet) -> SafeString:
    return mark_safe("".join(field(bound, mark=False) for bound in filters.form if bound.name != "q"))  # noqa: S308  drawn by our tag


def _narrowing(request: HttpRequest, besides: frozenset[str] = frozenset()) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Every parameter given that can narrow the rows, with its values."""
    return tuple((k, tuple(v)) for k, v in sorted(request.GET.lists()) if any(v) and k not in PAGE_KEYS | besides)
