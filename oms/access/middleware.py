"""The edge that turns refusals nobody caught into a page with a sentence instead of an error."""

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme

from oms.kernel.errors import Busy, Refused


class RefusedAsPage:
    """A `Refused` or `Busy` that left a view goes back to where the person came from, as a message."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not isinstance(exception, Refused | Busy):
            return None
        sentence = exception.message if isinstance(exception, Refused) else str(exception)
        back = request.headers.get("Referer", "")
        if request.method == "POST" and url_has_allowed_host_and_scheme(back, {request.get_host()}):
            messages.error(request, sentence)
            return redirect(back)
        return render(request, "refused.html", {"sentence": sentence}, status=409)
