"""The edge that turns refusals nobody caught, and text no database can hold, into a page with a sentence."""

from collections.abc import Callable

from django.contrib import messages
from django.db import DataError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme

from oms.kernel.errors import Busy, Refused

NUL = "An invisible character (NUL) is in what you typed. Nothing was changed; remove it and try again."


class RefusedAsPage:
    """A `Refused` or `Busy` that left a view goes back to where the person came from, as a message."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if "\x00" in request.path_info:
            raise Http404
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if isinstance(exception, ValueError | DataError) and "NUL (0x00)" in str(exception):
            exception = Refused("nul", NUL)
        if not isinstance(exception, Refused | Busy):
            return None
        sentence = exception.message if isinstance(exception, Refused) else str(exception)
        back = request.headers.get("Referer", "")
        if request.method == "POST" and url_has_allowed_host_and_scheme(back, {request.get_host()}):
            messages.error(request, sentence)
            return redirect(back)
        return render(request, "refused.html", {"sentence": sentence}, status=409)
