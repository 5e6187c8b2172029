"""`manage.py states_doc`: write docs/states.md from the machines."""

from django.conf import settings
from django.core.management.base import BaseCommand

from oms.ops.statedoc import render


class Command(BaseCommand):
    help = "Write docs/states.md from the state machines in the code."

    def handle(self, *args, **options) -> None:
        path = settings.BASE_DIR / "docs" / "states.md"
        path.write_text(render())
        self.stdout.write(f"wrote {path.relative_to(settings.BASE_DIR)}")
