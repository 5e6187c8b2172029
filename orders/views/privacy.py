"""Personal data of a customer: what an erasure takes and leaves, the erasure, and all that is kept, to give it to them."""

from django import forms
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from oms.access.decorators import needs
from oms.access.shown import shown_as_message
from oms.kernel.db import retrying
from orders.actions.erase import erase_customer
from orders.models import Customer
from orders.privacy.preview import everything, preview_erasure


class ErasureForm(forms.Form):
    reason = forms.CharField(
        label="Why", max_length=300, help_text="Such as: asked for by e-mail on 3 May. It is kept: write nothing that tells who they are.",
        widget=forms.Textarea(attrs={"rows": 2}),
    )  # fmt: skip
    sure = forms.CharField(label="Type ERASE", max_length=10, help_text="Nobody can bring any of it back.")

    def clean_sure(self) -> str:
        if self.cleaned_data["sure"].strip() != "ERASE":
            raise forms.ValidationError("Type ERASE in capitals to show that you mean it.")
        return "ERASE"


@require_http_methods(["GET", "POST"])
@needs("customers.erase")
def erasure(request: HttpRequest, pk: int) -> HttpResponse:
    customer = _find(request, pk)
    form = ErasureForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with shown_as_message(request, "Their personal data is erased. Orders and amounts are as they were."):
            retrying()(erase_customer)(customer.pk, reason=form.cleaned_data["reason"], actor=request.user)
        return redirect("customers:detail", customer.pk)
    context = {"here": "customers", "customer": customer, "form": form, "preview": preview_erasure(customer),
               "erasures": customer.erasures.all()}  # fmt: skip
    return render(request, "orders/erasure.html", context, status=422 if form.errors else 200)


@require_safe
@needs("customers.erase")
def all_of_it(request: HttpRequest, pk: int) -> HttpResponse:
    """Everything kept about the customer, as a file: what they have a right to see."""
    customer = _find(request, pk)
    answer = JsonResponse(everything(customer), json_dumps_params={"ensure_ascii": False, "indent": 1})
    answer["Content-Disposition"] = f'attachment; filename="customer-{customer.pk}.json"'
    answer["Cache-Control"] = "no-store"
    return answer


def _find(request: HttpRequest, pk: int) -> Customer:
    return get_object_or_404(Customer.objects.visible_to(request.user), pk=min(pk, 2**63 - 1))
