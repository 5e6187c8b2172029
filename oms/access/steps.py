"""Addresses that take what a form sends: opened any other way, they lead to the page the form stands on."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect

NOTHING_DONE = "Nothing was changed. To take that step, use its button on this page."


def step_of(page: str, *keys: str) -> Callable:
    """Let a view take what a form sends; whoever only opens its address is led to `page` and told that nothing was done.

    `keys` are the arguments of `page`, which the address of the step holds too. In the name of the page, "{kind}" is
    what the step is given as `kind`. Nothing is read to find the page, so that it alone says who may see it.
    """

    # A step's address gets into the address bar when its answer is a page with a refusal, and comes back by itself
    # after a new login, when a session ended under a form that was being filled in.
    def decorate(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        @wraps(view)
        def taken(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if request.method == "POST":
                return view(request, *args, **kwargs)
            if request.method not in ("GET", "HEAD"):
                return HttpResponseNotAllowed(["GET", "HEAD", "POST"])
            if request.method == "GET":
                messages.info(request, NOTHING_DONE)
            return redirect(page.format(**kwargs), **{key: kwargs[key] for key in keys})

        return taken

    return decorate
