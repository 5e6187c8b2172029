"""Pages about the screens themselves, open to everybody who is signed in."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from oms.ui.kit import samples
from oms.ui.states import FULFILMENT, PAYMENT


@require_safe
def keys(request: HttpRequest) -> HttpResponse:
    """What the keys, shapes and colours mean."""
    return render(request, "ui/keys.html", {"payment": list(PAYMENT), "fulfilment": list(FULFILMENT)})


@require_http_methods(["GET", "HEAD", "POST"])
def settings(request: HttpRequest) -> HttpResponse:
    """A person's own settings; theme and density belong to the device and live in cookies."""
    if request.method == "POST":
        request.user.keys_enabled = "keys_enabled" in request.POST
        request.user.save(update_fields=["keys_enabled"])
        messages.success(request, f"Single keys are {'on' if request.user.keys_enabled else 'off'}.")
        return redirect("ui:settings")
    return render(request, "ui/settings.html")


@require_safe
def kit(request: HttpRequest) -> HttpResponse:
    """Every component in every state, to build screens from and to look at after a change of style."""
    return render(request, "ui/kit.html", samples())
