"""The question an open page asks every few seconds. It reads no session and no database."""

import json
import re

from django.contrib.auth.decorators import login_not_required
from django.core.signing import BadSignature
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_GET

from oms.live.feed import news_since
from oms.live.watch import read_token

PLACE = re.compile(r"\d{1,15}-\d{1,9}\Z")


# The token is the permission: it was signed for one person, and its answer names nothing that their page did not show.
@login_not_required
@require_GET
def live(request: HttpRequest) -> HttpResponse:
    """204 when nothing on the page changed; else which of its orders did, and who changed them; 503 without Redis.

    A page of one order is told in `X-Live-Here` who else has it open: a JSON list of sentences, in ASCII.
    """
    place = request.GET.get("since", "")
    try:
        seer = read_token(request.GET.get("token", ""))
    except BadSignature:
        return HttpResponse(status=403)
    if not PLACE.match(place):
        return HttpResponse(status=400)
    news = news_since(place)
    if news is None:
        return HttpResponse(status=503)
    seen = [c for c in news.changes if c.stream in seer.numbers]
    if seen or news.lost or (seer.anything and news.changes):
        answer: HttpResponse = JsonResponse({
            "since": news.place, "changed": sorted({c.stream for c in seen}),
            "by": next((c.actor for c in reversed(seen) if c.user_id != seer.user_id), ""),
            "others": news.lost or any(c.user_id != seer.user_id for c in (seen or news.changes)),
        })  # fmt: skip
    else:
        answer = HttpResponse(status=204)
        answer["X-Live-Since"] = news.place
    if seer.doing:
        answer["X-Live-Here"] = json.dumps(seer.look_in())
    return answer
