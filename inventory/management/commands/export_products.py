"""Write every product as CSV: `manage.py export_products products.csv`; corrected, import_products takes it back."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from inventory.imports.products import product_lines


class Command(BaseCommand):
    help = "Write every product as CSV, with the columns that import_products reads."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("path", metavar="PATH", help="where to write it; - writes to standard output")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["path"] == "-":
            for line in product_lines():
                self.stdout.write(line, ending="")
            return
        try:
            with Path(options["path"]).open("w", encoding="utf-8", newline="") as file:
                file.writelines(product_lines())
        except OSError as error:
            raise CommandError(f"{options['path']} cannot be written: {error.strerror}.") from error
