"""Is it alive? For load balancers and supervisors; says nothing about the business."""

from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError, connection
from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_safe

from oms.kernel.clock import now
from oms.ops.models import Heartbeat


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
