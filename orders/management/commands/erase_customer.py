"""Erase a customer's personal data: `manage.py erase_customer 12 --reason "Asked for on 3 May"`."""

import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.core.serializers.json import DjangoJSONEncoder
from django.utils import timezone

from oms.kernel.actors import Actor
from oms.kernel.db import retrying
from oms.kernel.errors import Refused
from oms.kernel.plural import plural
from orders.actions.erase import erase_customer
from orders.models import Customer
from orders.privacy.preview import everything, preview_erasure

BY = Actor("integration", "erase_customer")


class Command(BaseCommand):
    help = (
        "Say what is kept of a customer, by the number in the address of their page; with --reason erase it for good; "
        "with --everything write all of it as JSON."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("customer", type=int, metavar="NUMBER")
        parser.add_argument("--reason", default="", help="erase, for this reason")
        parser.add_argument(
            "--everything", action="store_true", help="write all that is kept, as JSON, and change nothing"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        customer = Customer.objects.filter(pk=options["customer"]).first()
        if customer is None:
            self.stderr.write(f"There is no customer {options['customer']}.")
            sys.exit(2)
        if options["everything"]:
            self.stdout.write(DjangoJSONEncoder(ensure_ascii=False, indent=1).encode(everything(customer)))
            return
        if not options["reason"]:
            preview = preview_erasure(customer)
            for what, n in preview.goes:
                self.stdout.write(f"{what}: {plural(n, 'row')}")
            for found in preview.waiting:
                self.stdout.write(found.sentence)
            for refusal in preview.refusals:
                self.stdout.write(refusal.message)
            self.stdout.write("Nothing has changed. Erase it with --reason.")
            return
        try:
            done = retrying()(erase_customer)(customer.pk, reason=options["reason"], actor=BY)
        except Refused as refused:
            for reason in refused.reasons:
                self.stderr.write(reason.message)
            sys.exit(2)
        self.stdout.write(f"{timezone.localtime(done.at):%Y-%m-%d %H:%M}: erased, {plural(done.orders, 'order')} stay.")
