"""The page of an address that leads nowhere: what was looked for, by name, and what comes close."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

WHY = "The address or number may be mistyped, or you may not have access to it."


@dataclass(frozen=True)
class Near:
    """A record whose number is close to the one looked for; `state` is one of the square track."""

    number: str
    url: str
    words: str
    state: str = ""


class Lost(Http404):
    """Nothing of this name that the person may see. `title` says so ("No order SO-10999"), `search` is what to look for."""

    def __init__(self, title: str, *, search: str = "", text: str = WHY, near: Sequence[Near] = ()) -> None:
        super().__init__(title)
        self.title, self.search, self.text, self.near = title, search, text, near


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """The page. Anything but a `Lost` is told without a name: Django's own words are for programmers."""
    lost = exception if isinstance(exception, Lost) else Lost("Nothing is here")
    return render(request, "404.html", {"lost": lost}, status=404)
