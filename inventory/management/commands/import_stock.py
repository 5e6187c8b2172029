"""Bring stock levels in from a file: `manage.py import_stock opening.csv`."""

from inventory.imports.apply import StockReport, import_stock
from inventory.imports.reading import COLUMNS
from inventory.management.commands._file_import import FileImport
from oms.kernel.plural import plural


class Command(FileImport):
    help = "Set on-hand stock from a file with the columns sku, location, on_hand. All of it or nothing; again changes nothing."
    example = "an export of the stock page"
    bring = staticmethod(import_stock)

    @staticmethod
    def columns_of(report: StockReport) -> tuple[str, ...]:
        return COLUMNS

    def said(self, report: StockReport, *, dry_run: bool) -> str:
        made = "would change" if dry_run else "changed"
        return f"{plural(report.changed, 'level')} {made} by {report.units:+d} units, {report.unchanged} unchanged"
