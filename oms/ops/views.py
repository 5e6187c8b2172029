"""Is it alive, for load balancers and supervisors; and is all true that must be, for people."""

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_safe

from oms.access.decorators import needs
from oms.kernel.clock import now
from oms.ops.audit import RUNS, broken, is_overdue, last_audit
from oms.ops.doctor.registry import CHECKS
from oms.ops.models import AuditRun, Heartbeat


@login_not_required
@require_safe
def healthz(request: HttpRequest) -> JsonResponse:
    """200 while the database answers; `worker_age` is seconds since the worker last proved itself, null if never."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        beat = Heartbeat.objects.filter(name="worker").first()
    except DatabaseError:
        return JsonResponse({"database": "down"}, status=503)
    age = round((now() - beat.at).total_seconds()) if beat else None
    return JsonResponse({"database": "up", "worker_age": age})


@require_GET
@needs("ops.view")
def audit(request: HttpRequest) -> HttpResponse:
    """What the last audit found and since when, and how earlier ones ended."""
    run = last_audit()
    context = {
        "here": "ops", "run": run, "broken": broken(run), "overdue": is_overdue(run), "hour": settings.AUDIT_HOUR,
        "runs": AuditRun.objects.order_by("-began_at")[:RUNS], "checks": len(CHECKS), "keep_days": settings.KEEP_DAYS,
    }  # fmt: skip
    return render(request, "ops/audit.html", context)
