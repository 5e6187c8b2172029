"""Homes and reports."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.dateparse import parse_datetime
from django.views.decorators.http import require_http_methods

from inventory.assembling import to_make
from inventory.selectors import low_stock
from oms.access.decorators import needs
from oms.access.roles import Role
from oms.kernel import csvout
from oms.kernel.clock import business_date, now
from oms.live.watch import start, watch
from oms.ui.charts import Figure
from orders.moves import TEAM_LABELS
from orders.selectors import mentions_of
from orders.stagebook import stages
from reports import handover
from reports import home as homes
from reports.book import REPORTS
from reports.forms import IdleForm, SpanForm
from reports.queries import overview, sla
from reports.queries.base import Report
from reports.queries.decisions import SHOWN as SHOWN_DECISIONS
from reports.queries.decisions import decisions

SHOWN = 500  # lines on the page; the file has all
WORKING = (Role.SALES, Role.WAREHOUSE, Role.FINANCE, Role.SUPPORT)


@needs("home.view")
def home(request: HttpRequest) -> HttpResponse:
    """The home of the person's first role; `?as=` shows another role they hold."""
    user = request.user
    held = list(user.roles) or [user.home_role]  # type: ignore[union-attr]
    role = request.GET.get("as", "")
    role = role if role in held else user.home_role  # type: ignore[union-attr]
    if role in WORKING:
        return _working_home(request, role, held)
    return _owner_home(request, held)


def _working_home(request: HttpRequest, role: str, held: list[str]) -> HttpResponse:
    place = start()
    since, changes = handover.summary(request.user)
    queues, failing = homes.queues(request.user, role), homes.failing(request.user, role)
    strip = [
        Figure(q.title, q.count, q.url, f"{q.late} late" if q.late else "none late", tone="late" if q.late else "")
        for q in queues
    ]
    if role == Role.FINANCE:
        strip += [*homes.refunds(request.user), *filter(None, [homes.unrated(request.user)])]
    if role == Role.SUPPORT and (figure := homes.claims(request.user)):
        strip.append(figure)
    if failing:
        strip.append(Figure("Schedules failing", failing.count, failing.url, "not placed", tone="late"))
    context = {
        "here": "home",
        "role": Role(role),
        "held": held,
        "queues": queues,
        "failing": failing,
        "figures": strip,
        "job": homes.next_job(queues, request.user),
        "called": mentions_of(request.user),
        "low": low_stock(request.user) if role == Role.WAREHOUSE else None,
        "to_make": to_make(request.user) if role == Role.WAREHOUSE else None,
        "today": business_date(),
        "since": since,
        "changes": changes,
        "watch": watch(request.user, place, anything=True),
    }
    return render(request, "reports/home_role.html", context)


def _owner_home(request: HttpRequest, held: list[str]) -> HttpResponse:
    user, place = request.user, start()
    asked = request.GET.get("days", "")
    days = int(asked) if asked in map(str, overview.PERIODS) else overview.USUAL
    since, changes = handover.summary(user)
    flow, waiting = overview.flow(user, days), decisions(user)
    figures, more = (
        overview.figures(user, days),
        [f for f in (homes.unrated(user), homes.claims(user), homes.audited(user)) if f],
    )
    context = {
        "here": "home", "held": held, "figures": [*figures, *more], "flow": flow,
        "days": days, "periods": overview.PERIODS.items(), "asked_role": request.GET.get("as", ""),
        "waiting": waiting[:SHOWN_DECISIONS], "waiting_count": len(waiting), "pending": overview.pending_by_age(user),
        "pending_label": stages()["payment_pending"].label,
        "placed": ("Placed", flow.placed), "sent": ("Dispatched", flow.dispatched), "hours": ("Median", flow.hours),
        "slowest": ("Up to the slowest tenth", flow.slowest),
        "sources": overview.sources(user, days), "stage_bars": overview.stage_bars(user), "causes": overview.causes(user),
        "called": mentions_of(user), "since": since, "changes": changes, "watch": watch(user, place, anything=True),
    }  # fmt: skip
    return render(request, "reports/home_owner.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@needs("home.view")
def since_you_left(request: HttpRequest) -> HttpResponse:
    """The handover board; POST says that everything shown on it is known."""
    user = request.user
    if request.method == "POST":
        upto = parse_moment(request.POST.get("at", ""))
        if upto is None:
            messages.error(request, "That page was too old to be marked. Look again, then mark it.")
            return redirect("handover")
        handover.mark_seen(user, upto)
        messages.success(request, "Marked as seen. The board begins here next time.")
        return redirect("home")
    place, at, since = start(), now(), handover.seen_until(user)
    changes = handover.add_steps_of(handover.board(user, since), since, user)
    context = {"here": "home", "since": since, "at": at, "changes": changes, "watch": watch(user, place, anything=True)}
    return render(request, "reports/handover.html", context)


def parse_moment(text: str) -> datetime | None:
    """An aware moment as our own page wrote it; None for anything else."""
    try:
        at = parse_datetime(text)
    except ValueError:
        return None
    return at if at and at.tzinfo else None


@needs("reports.view")
def report_list(request: HttpRequest) -> HttpResponse:
    """The reports this person may read, and volume by source at once."""
    context = {
        "here": "reports",
        "reports": [r for r in REPORTS.values() if request.user.can(r.permission)],  # type: ignore[union-attr]
        "sources": overview.sources(request.user, 60),
        "stage_bars": overview.stage_bars(request.user),
    }
    return render(request, "reports/report_list.html", context)


@needs("reports.view")
def report(request: HttpRequest, key: str) -> HttpResponseBase:
    """One report over the asked days, as a page or (`?export=csv`) as a file."""
    asked = REPORTS.get(key)
    if asked is None:
        raise Http404
    if not request.user.can(asked.permission):  # type: ignore[union-attr]
        raise PermissionDenied
    form = (IdleForm if asked.asks_idle else SpanForm)(request.GET)
    span = form.span()
    if request.GET.get("export") == "csv":
        lines = csvout.stream([c.title for c in asked.columns], asked.lines(request.user, span))
        answer = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
        answer["Content-Disposition"] = f'attachment; filename="{key}-{span.first}-{span.last}.csv"'
        return answer
    page = asked.page(request.user, span, SHOWN)
    context = {
        "here": "reports", "report": asked, "form": form.shown(span), "span": span, "totals": [_cells(asked, t, {}) for t in page.totals],
        "rows": [_cells(asked, row.values, row.urls) for row in page.rows], "count": page.count, "shown": SHOWN,
    }  # fmt: skip
    return render(request, "reports/report.html", context)


@needs("reports.view")
def stays_page(request: HttpRequest) -> HttpResponse:
    """The orders behind one number of the report of kept target times."""
    stage, team, kind = (request.GET.get(name, "") for name in ("stage", "team", "kind"))
    if not stage:
        return redirect("reports:show", sla.REPORT.key)
    if stage not in stages() or team not in TEAM_LABELS or kind not in sla.KINDS:
        raise Http404
    span = SpanForm(request.GET).span()
    days = urlencode({"first": span.first, "last": span.last})
    context = {
        "here": "reports", "stage": stages()[stage].label, "team": TEAM_LABELS[team], "kind": sla.KINDS[kind], "span": span,
        "stays": sla.stays(request.user, span, stage, team, kind), "shown": sla.SHOWN,
        "back": f"{reverse('reports:show', args=[sla.REPORT.key])}?{days}",
    }  # fmt: skip
    return render(request, "reports/stays.html", context)


def _cells(asked: Report, values: Sequence[Any], urls: dict[int, str]) -> list[dict[str, Any]]:
    """The values of a line with what a template needs to write each."""
    currency = values[asked.currency_at] if asked.currency_at is not None else ""
    return [
        {"value": value, "title": c.title, "kind": c.kind if value not in ("", None) else "none", "url": urls.get(i, ""),
         "currency": currency}
        for i, (c, value) in enumerate(zip(asked.columns, values, strict=True))
    ]  # fmt: skip
