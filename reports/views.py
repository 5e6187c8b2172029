"""Homes and the reports list."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from oms.access.decorators import needs
from oms.access.roles import Role
from oms.ui.charts import Figure
from reports import home as homes
from reports.queries import overview

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
    queues = homes.queues(request.user, role)
    strip = [
        Figure(q.title, q.count, q.url, f"{q.late} late" if q.late else "none late", tone="late" if q.late else "")
        for q in queues
    ]
    context = {
        "here": "home",
        "role": Role(role),
        "held": held,
        "queues": queues,
        "figures": strip,
        "job": homes.next_job(queues),
    }
    return render(request, "reports/home_role.html", context)


def _owner_home(request: HttpRequest, held: list[str]) -> HttpResponse:
    user = request.user
    flow = overview.flow(user)
    context = {
        "here": "home", "held": held, "figures": overview.figures(user), "flow": flow,
        "placed": ("Placed", flow.placed), "sent": ("Dispatched", flow.dispatched), "hours": ("Median hours", flow.hours),
        "sources": overview.sources(user), "stage_bars": overview.stage_bars(user), "causes": overview.causes(user),
    }  # fmt: skip
    return render(request, "reports/home_owner.html", context)


@needs("reports.view")
def report_list(request: HttpRequest) -> HttpResponse:
    """Volume by source and speed, with the figures behind the charts as tables."""
    context = {
        "here": "reports",
        "sources": overview.sources(request.user, 60),
        "stage_bars": overview.stage_bars(request.user),
    }
    return render(request, "reports/report_list.html", context)
