"""Show an action's refusal as a message on the page the person is on."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.contrib import messages
from django.http import HttpRequest

from oms.kernel.errors import Busy, Refused


@contextmanager
def shown_as_message(request: HttpRequest, done: str = "", way_back: Callable[[], str] | None = None) -> Iterator[None]:
    """Run an action; a refusal becomes an error message, success the sentence `done`. Nothing else is caught.

    `way_back` gives, once it is done, the page that undoes it; the message leads there.
    """
    try:
        yield
    except Refused as refused:
        messages.error(request, refused.message)
    except Busy as busy:
        messages.warning(request, str(busy))
    else:
        if done:
            messages.success(request, done, extra_tags=way_back() if way_back else "")
