"""Bring stock levels in from a CSV: `manage.py import_stock opening.csv`."""

import json
import sys
from argparse import ArgumentParser
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from inventory.imports.apply import StockReport, import_stock
from inventory.imports.reading import COLUMNS
from oms.kernel import csvout
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
        parser.add_argument(
            "--leave-out",
            action="store_true",
            help="bring the others in when rows cannot be taken; else nothing goes in",
        )
        parser.add_argument(
            "--rejects",
            metavar="PATH",
            help="write the rows that cannot be taken to this CSV, with the reason; mended, it goes in",
        )
        parser.add_argument("--json", action="store_true", dest="as_json", help="end with one line of JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            report = retrying()(import_stock)(
                options["path"],
                actor=Actor("integration", "import"),
                dry_run=options["dry_run"],
                leave_out=options["leave_out"],
            )
        except (Refused, Busy) as refused:
            self.stderr.write(str(refused))
            sys.exit(2)
        self._summary(report, dry_run=options["dry_run"], leave_out=options["leave_out"])
        if options["rejects"] and report.rejects:
            _keep(report, options["rejects"])
            self.stdout.write(f"All {len(report.rejects)} are in {options['rejects']}.")
        if options["as_json"]:
            self.stdout.write(json.dumps(asdict(report)))
        if report.rejects:
            sys.exit(1)

    def _summary(self, report: StockReport, *, dry_run: bool, leave_out: bool) -> None:
        if report.rejects and not leave_out:
            self.stdout.write(
                f"{plural(report.rows, 'row')}; nothing was written, because {len(report.rejects)} cannot be taken:"
            )
        else:
            made = "would change" if dry_run else "changed"
            what = f"{plural(report.changed, 'level')} {made} by {report.units:+d} units"
            left = f", {len(report.rejects)} left out:" if report.rejects else "."
            self.stdout.write(f"{plural(report.rows, 'row')}: {what}, {report.unchanged} unchanged{left}")
        for reject in report.rejects[:SHOWN]:
            self.stdout.write(f"  Row {reject.row}: {reject.reason}")
        if len(report.rejects) > SHOWN:
            self.stdout.write(f"  and {len(report.rejects) - SHOWN} more")


def _keep(report: StockReport, path: str) -> None:
    rows = ((*reject.cells, reject.row, reject.reason) for reject in report.rejects)
    try:
        with Path(path).open("w", encoding="utf-8", newline="") as file:
            file.writelines(csvout.stream([*COLUMNS, "row", "reason"], rows))
    except OSError as error:
        raise CommandError(f"{path} cannot be written: {error.strerror}.") from error
