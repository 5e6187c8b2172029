"""Bring orders in from files: `manage.py import_orders --channel amazon-in --format amazon report.csv`."""

import json
import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from oms.kernel.actors import Actor
from oms.kernel.errors import Busy, Refused
from oms.kernel.plural import plural
from orders.channels import matching
from orders.channels.registry import FORMATS
from orders.imports.apply import ImportReport, Run, import_file
from orders.imports.mappings import named_mapping

SHOWN = 20


class Command(BaseCommand):
    help = "Import orders from exported files. Running it again with the same files changes nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("paths", nargs="+", metavar="PATH", help="files, or folders of files")
        parser.add_argument("--channel", required=True, help="code of the channel; made if there is none")
        parser.add_argument("--format", choices=sorted(FORMATS), dest="format_key", help="what wrote the files")
        parser.add_argument(
            "--mapping", default="", metavar="NAME", help="columns as matched on the page under this name"
        )
        parser.add_argument("--check-skus", action="store_true", help="leave orders out whose SKUs are no product's")
        parser.add_argument("--dry-run", action="store_true", help="say what would happen and write nothing")
        parser.add_argument("--json", action="store_true", dest="as_json", help="end with one line of JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        if bool(options["format_key"]) == bool(options["mapping"]):
            self.stderr.write("Say how to read the files: --format or --mapping, one of them.")
            sys.exit(2)
        try:
            report = import_file(
                options["paths"], channel_code=options["channel"], format_key=options["format_key"] or "csv",
                actor=Actor("integration", "import"), dry_run=options["dry_run"], run=_run(options),
            )  # fmt: skip
        except (Refused, Busy) as refused:
            self.stderr.write(str(refused))
            sys.exit(2)
        self._summary(report, dry_run=options["dry_run"])
        if options["as_json"]:
            self.stdout.write(json.dumps(as_json(report)))

    def _summary(self, report: ImportReport, *, dry_run: bool) -> None:
        made = "would be created" if dry_run else "created"
        self.stdout.write(
            f"{plural(report.rows, 'row')}, {plural(report.orders, 'order')}: {report.created} {made}, {report.updated} updated, "
            f"{report.unchanged} unchanged, {report.rejected} left out."
        )
        for reject in report.rejects[:SHOWN]:
            where = f"Row {reject.row}" if reject.row else "The file"
            column = f", {reject.column}" if reject.column else ""
            self.stdout.write(f"  {where}{column}: {reject.reason}")
        if len(report.rejects) > SHOWN:
            self.stdout.write(f"  and {len(report.rejects) - SHOWN} more")


def _run(options: dict[str, Any]) -> Run:
    name = options["mapping"]
    chosen = matching.from_json(named_mapping(name, options["channel"])) if name else None
    return Run(matching=chosen, check_skus=options["check_skus"])


def as_json(report: ImportReport) -> dict:
    """The report as one JSON object."""
    return {
        "rows": report.rows, "orders": report.orders, "created": report.created, "updated": report.updated,
        "unchanged": report.unchanged, "rejected": report.rejected,
        "rejects": [{"row": r.row, "column": r.column, "reason": r.reason} for r in report.rejects],
    }  # fmt: skip
