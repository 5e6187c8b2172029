#!/usr/bin/env python
"""Django's command line; starts the embedded services when a command needs them and they are down."""

import os
import sys

WITHOUT_DATABASE = {"help", "version", "--help", "--version", "collectstatic", "makemessages"}


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "oms.settings")
    from django.core.management import execute_from_command_line

    from oms.ops.embedded import ServiceError
    from oms.ops.services import ensure_services

    if len(sys.argv) > 1 and sys.argv[1] not in WITHOUT_DATABASE:
        try:
            ensure_services()
        except ServiceError as error:
            sys.exit(str(error))
    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
