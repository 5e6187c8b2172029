"""POST /api/v1/hooks/{code}: signed messages from outside, kept at once, worked on by the inbox."""

from django.http import HttpRequest, HttpResponse
from ninja import Router

from oms.intake.inbox import receive
from oms.intake.models import Connection
from oms.intake.problem import problem
from oms.intake.signing import verify
from oms.kernel.errors import Refused

router = Router()
MAX_BODY = 1024 * 1024


@router.post("/{code}", auth=None, response={202: None}, summary="Take a signed message (Standard Webhooks)")
def take(request: HttpRequest, code: str) -> HttpResponse:
    """202 once the message is kept, also when it was kept before: senders repeat what they are not sure of."""
    connection = Connection.objects.filter(code=code, is_active=True).first()
    if connection is None:
        return problem(404, "connection_not_found", f"There is no connection {code[:60]}.")
    if len(request.body) > MAX_BODY:
        return problem(413, "body_large", "A message may have at most 1 MB.")
    head = request.headers
    message_id = head.get("webhook-id", "")
    try:
        verify(
            connection, message_id=message_id, timestamp=head.get("webhook-timestamp", ""),
            signatures=head.get("webhook-signature", ""), body=request.body,
        )  # fmt: skip
    except Refused as refused:
        return problem(401, refused.code, refused.message)
    receive(connection, external_id=message_id, body=request.body)
    return HttpResponse(status=202)
