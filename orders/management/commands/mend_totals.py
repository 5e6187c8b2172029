"""Mend what doctor calls orders.totals: `manage.py mend_totals` for a list, `--write` to book the rounding rests."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from oms.kernel.db import retrying
from oms.kernel.errors import Refused
from oms.kernel.plural import plural
from orders.actions.mend_total import mend_total
from orders.checks import totals


class Command(BaseCommand):
    help = (
        "Orders whose total is not the sum of its parts. With --write a rest of a few coins becomes their adjustment, with its "
        "line in the timeline; totals and payments stay. What is off by more is named and left to a person."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--write", action="store_true", help="book the rests; without it nothing is changed")

    def handle(self, *args: Any, **options: Any) -> None:
        found, mended = list(totals()), 0
        for finding in found:
            said = finding.detail
            if options["write"]:
                try:
                    said = f"{retrying()(mend_total)(finding.subject, actor='system')} booked as rounding"
                    mended += 1
                except Refused as refused:
                    said = str(refused)
            self.stdout.write(f"{finding.subject}: {said}")
        done = f", {mended} mended" if options["write"] else "; --write mends those that are off by a few coins"
        self.stdout.write(f"{plural(len(found), 'order')} off{done}.")
