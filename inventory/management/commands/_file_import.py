"""What the commands that bring files in have in common: their flags, what they say, and the file of rejects."""

import json
import sys
from argparse import ArgumentParser
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from inventory.imports.rejects import reject_lines
from oms.kernel.actors import Actor
from oms.kernel.db import retrying
from oms.kernel.errors import Busy, Refused
from oms.kernel.plural import plural

SHOWN = 20


class FileImport(BaseCommand):
    """`bring` is the action; `said` sums its report up, `columns_of` names what its rejects hold."""

    bring: Callable[..., Any]
    columns_of: Callable[[Any], Sequence[str]]
    example = ""

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("path", metavar="PATH", help=f"the file, CSV or Excel; {self.example} will do")
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
            report = retrying()(type(self).bring)(
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
            _keep(reject_lines(type(self).columns_of(report), report.rejects), options["rejects"])
            self.stdout.write(f"All {report.rejected} are in {options['rejects']}.")
        if options["as_json"]:
            self.stdout.write(json.dumps(asdict(report)))
        if report.rejects:
            sys.exit(1)

    def said(self, report: Any, *, dry_run: bool) -> str:
        """What changed, as a part of a sentence."""
        raise NotImplementedError

    def _summary(self, report: Any, *, dry_run: bool, leave_out: bool) -> None:
        rows = plural(report.rows, "row")
        if report.rejects and not leave_out:
            self.stdout.write(f"{rows}; nothing was written, because {report.rejected} cannot be taken:")
        else:
            left = f", {report.rejected} left out:" if report.rejects else "."
            self.stdout.write(f"{rows}: {self.said(report, dry_run=dry_run)}{left}")
        for reject in report.rejects[:SHOWN]:
            self.stdout.write(f"  Row {reject.row}: {reject.reason}")
        if len(report.rejects) > SHOWN:
            self.stdout.write(f"  and {len(report.rejects) - SHOWN} more")


def _keep(lines: Any, path: str) -> None:
    try:
        with Path(path).open("w", encoding="utf-8", newline="") as file:
            file.writelines(lines)
    except OSError as error:
        raise CommandError(f"{path} cannot be written: {error.strerror}.") from error
