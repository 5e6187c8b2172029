"""A process that has loaded the house and bears workers to be killed: each is at work at once, not after two seconds of imports.

    python -m tests.nursery

reads lines of JSON, [pipe, module, argument ...], and answers each with the process id of a child that writes to `pipe`
and runs `module.main(argument ...)`. The test database is the one TEST_DATABASE says.
"""

import json
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from importlib import import_module
from pathlib import Path
from typing import IO

ROOT = Path(__file__).resolve().parents[1]
KNOWN = ("ENGINE", "NAME", "USER", "PASSWORD", "HOST", "PORT")


class Child:
    """A worker: what it prints is in `stdout`, line by line."""

    def __init__(self, pid: int, stdout: IO[str]) -> None:
        self.pid, self.stdout = pid, stdout

    def kill(self) -> None:
        with suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGKILL)

    def end(self) -> None:
        """Kill it and wait until it is gone: then nobody holds the other end of its pipe."""
        if not self.stdout.closed:
            self.kill()
            self.stdout.read()
            self.stdout.close()


Bear = Callable[..., Child]


@contextmanager
def nursery() -> Iterator[Bear]:
    """`bear("tests.some.worker", "mode")` starts a worker on this run's test database."""
    from django.db import connection

    database = {k: v for k, v in connection.settings_dict.items() if k in KNOWN}
    env = os.environ | {"TEST_DATABASE": json.dumps(database), "DJANGO_SETTINGS_MODULE": "oms.settings"}
    with (
        tempfile.TemporaryDirectory() as folder,
        subprocess.Popen(
            [sys.executable, "-m", "tests.nursery"], cwd=ROOT, env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            text=True,
        ) as process,
    ):  # fmt: skip
        born = 0

        def bear(module: str, *arguments: str) -> Child:
            nonlocal born
            born += 1
            pipe = Path(folder, str(born))
            os.mkfifo(pipe)
            process.stdin.write(json.dumps([str(pipe), module, *arguments]) + "\n")
            process.stdin.flush()
            stdout = pipe.open()  # returns when the child opens its end
            return Child(int(process.stdout.readline()), stdout)

        yield bear
        process.stdin.close()


def _live(pipe: str, module: str, arguments: list[str]) -> None:
    """The child's life; it never returns into the nursery."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    os.dup2(os.open(pipe, os.O_WRONLY), 1)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    try:
        import_module(module).main(*arguments)
    except BaseException:
        sys.excepthook(*sys.exc_info())
        os._exit(1)
    sys.stdout.flush()
    os._exit(0)


def main() -> None:
    import django
    from django.conf import settings

    settings.DATABASES["default"] |= json.loads(os.environ["TEST_DATABASE"])
    settings.EMAIL_BACKEND = "notifications.mailbox.MailboxBackend"
    django.setup()
    from oms.celery import app

    app.loader.import_default_modules()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # who dies is gone: nobody asks how
    for line in sys.stdin:
        pipe, module, *arguments = json.loads(line)
        if (pid := os.fork()) == 0:
            _live(pipe, module, arguments)
        print(pid, flush=True)


if __name__ == "__main__":
    main()
