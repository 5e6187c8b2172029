"""Write what a channel may sell as CSV: `manage.py channel_stock --channel web > web.csv`."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from oms.kernel import csvout
from orders.models import Channel
from orders.telling.look import tell_channel
from orders.telling.picture import COLUMNS, lines


class Command(BaseCommand):
    help = "Write every SKU that a channel is told of, with the units it may sell now, as CSV. It is looked at first."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--channel", required=True, help="the channel's code; it must be told its stock")

    def handle(self, *args: Any, **options: Any) -> None:
        channel = Channel.objects.filter(code=options["channel"]).first()
        if channel is None:
            raise CommandError(f"There is no channel {options['channel']}.")
        if not (channel.tells_stock and channel.is_active):
            raise CommandError(f"{channel} is not told its stock. Switch it on in Set-up, Channels.")
        tell_channel(channel)
        for line in csvout.stream(COLUMNS, lines(channel)):
            self.stdout.write(line, ending="")
