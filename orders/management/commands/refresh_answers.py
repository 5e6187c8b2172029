"""Derive what every order says of itself anew: `manage.py refresh_answers`, after an update that words or orders steps anew."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from oms.kernel.db import retrying
from oms.kernel.plural import plural
from orders.actions.progress import renew_answers
from orders.models import Order


class Command(BaseCommand):
    help = (
        "Bring stage, next step, owner, due time and blockers of all orders up to date, in batches, beside people at work. "
        "Orders that say the right thing are left alone, so it may be stopped and run again at any time."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--batch", type=int, default=500, metavar="N", help="orders locked at once (500)")
        parser.add_argument(
            "--after", type=int, default=0, metavar="ID", help="go on behind this id, as the last line printed says"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        last, seen, changed = options["after"], 0, 0
        size = max(options["batch"], 1)
        while ids := list(Order.objects.filter(pk__gt=last).order_by("pk").values_list("pk", flat=True)[:size]):
            changed += retrying()(renew_answers)(ids)
            last, seen = ids[-1], seen + len(ids)
            self.stdout.write(f"{plural(seen, 'order')} looked at, {changed} changed; --after {last}")
        self.stdout.write(f"Done: {plural(seen, 'order')}, {changed} changed.")
