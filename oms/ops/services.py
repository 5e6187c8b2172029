"""Where PostgreSQL and Redis are (provisional)."""

import os
from pathlib import Path
from urllib.parse import unquote, urlsplit

VAR = Path(os.environ.get("OMS_VAR", Path(__file__).resolve().parent.parent.parent / "var"))


def is_embedded() -> bool:
    return not os.environ.get("DATABASE_URL")


def database_config() -> dict:
    url = os.environ.get("DATABASE_URL")
    base = {"ENGINE": "django.db.backends.postgresql", "CONN_MAX_AGE": 60, "CONN_HEALTH_CHECKS": True}
    if not url:
        return base | {"NAME": "oms", "USER": "postgres", "HOST": str(VAR / "run")}
    u = urlsplit(url)
    from urllib.parse import parse_qs

    host = parse_qs(u.query).get("host", [u.hostname or ""])[0]
    return base | {"NAME": u.path.lstrip("/"), "USER": unquote(u.username or ""), "PASSWORD": unquote(u.password or ""), "HOST": host, "PORT": str(u.port or "")}


def redis_url() -> str:
    return os.environ.get("REDIS_URL", f"unix://{VAR / 'run' / 'valkey.sock'}?db=0")


def broker_url() -> str:
    return os.environ.get("CELERY_BROKER_URL", f"redis+socket://{VAR / 'run' / 'valkey.sock'}?virtual_host=1")


def secret_key() -> str:
    return os.environ.get("OMS_SECRET_KEY", "provisional")
