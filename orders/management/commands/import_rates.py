"""Bring exchange rates in from files: `manage.py import_rates --source "Bank's list" rates.csv`."""

import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

from oms.kernel.actors import Actor
from oms.kernel.errors import Refused
from oms.kernel.plural import plural
from orders.actions.import_rates import import_rates
from orders.actions.rate import BATCH, value_waiting

BY = Actor("integration", "Exchange rates")


class Command(BaseCommand):
    help = (
        "Import exchange rates from CSV files with the columns date, currency, rate and, if wanted, source and in. "
        "Again with the same file changes nothing. Orders without a rate for whose day there is one now are valued."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("paths", nargs="+", metavar="PATH", help="CSV files; - reads standard input")
        parser.add_argument("--source", default="", help="where the rates come from, for rows that do not say it")

    def handle(self, *args: Any, **options: Any) -> None:
        for path in options["paths"]:
            try:
                text = sys.stdin.read() if path == "-" else Path(path).read_text(encoding="utf-8-sig")
                done = import_rates(text, source=options["source"], actor=BY)
            except (Refused, OSError, UnicodeDecodeError) as refused:
                reasons = refused.reasons if isinstance(refused, Refused) else [refused]
                self.stderr.write(f"{path}: nothing of it is imported.")
                for reason in reasons:
                    self.stderr.write(f"  {getattr(reason, 'message', reason)}")
                sys.exit(2)
            self.stdout.write(
                f"{path}: {plural(done.new, 'new rate')}, {done.changed} changed, {done.same} as they were."
            )
        valued = 0
        while n := value_waiting(actor=BY, most=BATCH):
            valued += n
        self.stdout.write(f"{plural(valued, 'order')} without a rate valued.")
