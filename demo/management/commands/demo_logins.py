"""`manage.py demo_logins`: print one login per role, or with --make see that they exist."""

from django.conf import settings
from django.core.management.base import BaseCommand

from demo.people import PASSWORD, PEOPLE, make_people
from oms.access.models import User


class Command(BaseCommand):
    help = "Print the demo's logins; --make makes those that are missing and prints nothing."

    def add_arguments(self, parser) -> None:
        parser.add_argument("--make", action="store_true")

    def handle(self, *args, **options) -> None:
        if not settings.DEMO:
            return
        if options["make"]:
            make_people()
            return
        known = set(User.objects.values_list("username", flat=True))
        for username, _, role in PEOPLE:
            if username in known:
                self.stdout.write(f"  {role.label:<10} {username:<8} {PASSWORD}")
