"""The language of templates: gaps and nothing else."""

import pytest
from django.core.exceptions import ValidationError

from notifications.models import MessageTemplate
from notifications.wording import SAMPLE, problems, render, render_subject
from oms.kernel.errors import Refused


@pytest.mark.parametrize(
    "text",
    [
        "{{ password }}", "{{ order.customer }}", "{{ order_number|safe }}", "{% include 'x' %}", "{% debug %}", "{{ }}",
        "{{ order_number", "order_number }}", "{# note #}", "{{ __class__ }}", "{{ order_number }} {{ nope }}",
    ],
)  # fmt: skip
def test_anything_but_a_known_gap_is_refused(text):
    assert problems(text)
    with pytest.raises(Refused):
        render(text, SAMPLE)


def test_gaps_are_filled_and_values_are_not_read_as_templates():
    assert (
        render("Hi {{customer_name}}, {{ total }}", SAMPLE | {"customer_name": "{{ total }}"})
        == "Hi {{ total }}, ₹2,450.00"
    )
    assert render("100% {sure} $x", SAMPLE) == "100% {sure} $x"


def test_a_line_whose_gaps_are_all_empty_is_left_out():
    values = SAMPLE | {"tracking_url": "", "carrier": ""}
    text = "Sent.\nFollow it here: {{ tracking_url }}\nWith {{ carrier }} {{ tracking_number }}\nBye"
    assert render(text, values) == "Sent.\nWith  TRK-555-0101\nBye"


def test_a_subject_is_one_line_whatever_the_values():
    assert render_subject("A {{ items }}", SAMPLE) == "A 2 × Blue mug 1 × Linen tea towel"


@pytest.mark.django_db
def test_the_texts_are_there_approved_and_sound():
    found = list(MessageTemplate.objects.order_by("key"))
    assert [t.key for t in found] == [
        "fulfilment.delivered", "fulfilment.dispatched", "fulfilment.supplier_stop_asked", "fulfilment.supplier_told",
        "notifications.written", "orders.amended", "orders.confirmed", "orders.promise_renewed",
    ]  # fmt: skip
    for template in found:
        template.full_clean()
        subject, body = template.preview()
        to_supplier = template.key.startswith("fulfilment.supplier")
        number, name = ("PO-10012", "Example Pottery") if to_supplier else ("SO-10482", "Asha Rao")
        assert template.is_approved and number in subject and name in body and "orders@shop.example" in body
    assert "https://track.example/TRK-555-0101" in found[1].preview()[1]


@pytest.mark.django_db
def test_a_text_that_could_not_be_sent_is_refused_when_saved():
    template = MessageTemplate.objects.get(key="orders.confirmed")
    template.subject, template.body = "Hi {{ nope }}", "{% if x %}"
    with pytest.raises(ValidationError) as refused:
        template.full_clean()
    assert set(refused.value.message_dict) == {"subject", "body"}
