"""Where PostgreSQL and Redis are: the URLs given by the environment, else the embedded ones under ./var."""

import contextlib
import fcntl
import os
import secrets
import sys
import tempfile
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

from oms.ops.embedded import Postgres, Valkey, run_dir

BASE = Path(__file__).resolve().parent.parent.parent
DATABASE = "oms"
DATABASE_URL_SHAPE = "DATABASE_URL must look like postgres://user:password@host:5432/name."


def var_dir() -> Path:
    """The folder of everything this checkout writes: OMS_VAR, else ./var."""
    return Path(os.environ.get("OMS_VAR") or BASE / "var").resolve()


def is_embedded() -> bool:
    """Whether PostgreSQL is the embedded one: no DATABASE_URL is given."""
    return not os.environ.get("DATABASE_URL")


def database_config() -> dict[str, Any]:
    """Django's DATABASES["default"]. Starts nothing."""
    common = {
        "ENGINE": "django.db.backends.postgresql",
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        # Lets oms.kernel.db.fetch prepare its statements; Django's own queries are not prepared either way.
        # Planned once: PostgreSQL would plan some of them anew at each use, which costs more than it ever finds.
        "OPTIONS": {"prepare_threshold": 5, "options": "-c plan_cache_mode=force_generic_plan"},
    }
    url = os.environ.get("DATABASE_URL")
    if not url:
        return common | {"NAME": DATABASE, "USER": "postgres", "HOST": str(run_dir(var_dir()))}
    given = parse_database_url(url)
    return common | given | {"OPTIONS": common["OPTIONS"] | given["OPTIONS"]}


def parse_database_url(url: str) -> dict[str, Any]:
    """`postgres://user:password@host:port/name?sslmode=require` as Django settings; parts may be percent-encoded.

    Raises ImproperlyConfigured for another scheme or a missing name. The password is never part of the message.
    """
    try:
        parts = urlsplit(url)
        port = str(parts.port or "")
    except ValueError:
        raise ImproperlyConfigured(DATABASE_URL_SHAPE) from None  # its text would carry parts of the URL
    name = unquote(parts.path.lstrip("/"))
    if parts.scheme not in ("postgres", "postgresql") or not name:
        raise ImproperlyConfigured(DATABASE_URL_SHAPE)
    options = dict(parse_qsl(parts.query))
    host = options.pop("host", "") or unquote(parts.hostname or "")
    return {
        "NAME": name,
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": host,
        "PORT": port,
        "OPTIONS": options,
    }


def redis_url() -> str:
    """For the cache and redis-py: REDIS_URL, else the embedded socket's database 0."""
    return os.environ.get("REDIS_URL") or f"unix://{run_dir(var_dir()) / 'valkey.sock'}?db=0"


def broker_url() -> str:
    """For Celery: CELERY_BROKER_URL, else REDIS_URL, else the embedded socket's database 1 in Celery's spelling."""
    given = os.environ.get("CELERY_BROKER_URL") or os.environ.get("REDIS_URL")
    if given and given.startswith("unix://"):  # redis-py's spelling of a socket, which Celery does not know
        parts = urlsplit(given)
        return f"redis+socket://{parts.path}?virtual_host={dict(parse_qsl(parts.query)).get('db', '0')}"
    return given or f"redis+socket://{run_dir(var_dir()) / 'valkey.sock'}?virtual_host=1"


def secret_key() -> str:
    """OMS_SECRET_KEY; with the embedded services a random one kept in var/secret_key, readable by its owner only."""
    if given := os.environ.get("OMS_SECRET_KEY"):
        return given
    if not is_embedded():
        raise ImproperlyConfigured("OMS_SECRET_KEY is not set. Give it 50 or more random characters.")
    path = var_dir() / "secret_key"
    if not path.exists():
        _make_secret(path)
    return path.read_text()


def _make_secret(path: Path) -> None:
    """Write a random key; of several starters at once the first wins, and none ever reads half a key."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, draft = tempfile.mkstemp(prefix="secret_key.", dir=path.parent)  # mode 0600
    with os.fdopen(handle, "w") as file:
        file.write(secrets.token_urlsafe(64))
    with contextlib.suppress(FileExistsError):
        os.link(draft, path)
    os.unlink(draft)


def ensure_services(say=lambda line: print(line, file=sys.stderr)) -> None:  # noqa: T201
    """Start the embedded services that are down and make the database; does nothing where a URL is given.

    They keep running after us (`make stop` ends them). A file lock keeps two starters apart.
    """
    var = var_dir()
    var.mkdir(parents=True, exist_ok=True)
    with (var / "services.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if is_embedded():
            postgres = Postgres(var, *os.environ.get("OMS_PG_OPTIONS", "").split())
            if postgres.start():
                say(f"started PostgreSQL under {var}")
            postgres.ensure_database(DATABASE)
        if not os.environ.get("REDIS_URL") and Valkey(var).start():
            say(f"started Valkey under {var}")


def stop_services() -> list[str]:
    """Stop the embedded services of this checkout; return the names of those that were running."""
    return [server.name for server in (Valkey(var_dir()), Postgres(var_dir())) if server.stop()]
