"""Bring products in from a file: `manage.py import_products catalogue.xlsx`."""

from inventory.imports.product_cells import COLUMNS
from inventory.imports.products import ProductReport, import_products
from inventory.management.commands._file_import import FileImport
from oms.tables.files import named


class Command(FileImport):
    help = (
        f"Create and change products from a file with a column sku and any of {', '.join(c.name for c in COLUMNS[1:])}. "
        "An empty cell changes nothing. All of it or nothing; again changes nothing."
    )
    example = "what export_products writes"
    bring = staticmethod(import_products)

    @staticmethod
    def columns_of(report: ProductReport) -> tuple[str, ...]:
        return report.columns

    def said(self, report: ProductReport, *, dry_run: bool) -> str:
        would = "would be " if dry_run else ""
        unread = f", not read: {named(report.unread)}" if report.unread else ""
        return f"{report.created} {would}created, {report.updated} {would}changed, {report.unchanged} unchanged{unread}"
