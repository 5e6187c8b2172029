"""Bring stock levels in from a CSV: `manage.py import_stock opening.csv`."""

import json
import sys
from argparse import ArgumentParser
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand

from inventory.imports.apply import StockReport, import_stock
from oms.kernel.actors import Actor
from oms.kernel.db import retrying
from oms.kernel.errors import Busy, Refused
from oms.kernel.plural import plural

SHOWN = 20


class Command(BaseCommand):
    help = "Set on-hand stock from a CSV with the columns sku, location, on_hand. All of it or nothing; again changes nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("path", metavar="PATH", help="the CSV file; an export of the stock page will do")
        parser.add_argument("--dry-run", action="store_true", help="say what would happen and write nothing")
        parser.add_argument("--json", action="store_true", dest="as_json", help="end with one line of JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            report = retrying()(import_stock)(
                options["path"], actor=Actor("integration", "import"), dry_run=options["dry_run"]
            )
        except (Refused, Busy) as refused:
            self.stderr.write(str(refused))
            sys.exit(2)
        self._summary(report, dry_run=options["dry_run"])
        if options["as_json"]:
            self.stdout.write(json.dumps(asdict(report)))
        if report.rejects:
            sys.exit(1)

    def _summary(self, report: StockReport, *, dry_run: bool) -> None:
        if report.rejects:
            self.stdout.write(
                f"{plural(report.rows, 'row')}; nothing was written, because {len(report.rejects)} cannot be taken:"
            )
        else:
            made = "would change" if dry_run else "changed"
            what = f"{plural(report.changed, 'level')} {made} by {report.units:+d} units"
            self.stdout.write(f"{plural(report.rows, 'row')}: {what}, {report.unchanged} unchanged.")
        for reject in report.rejects[:SHOWN]:
            self.stdout.write(f"  Row {reject.row}: {reject.reason}")
        if len(report.rejects) > SHOWN:
            self.stdout.write(f"  and {len(report.rejects) - SHOWN} more")
