"""Where the services are: URLs given by the environment, the embedded sockets without them, one secret key."""

import stat
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.core.exceptions import ImproperlyConfigured

from oms.ops import services


@pytest.fixture(autouse=True)
def bare(monkeypatch, tmp_path):
    for name in ("DATABASE_URL", "REDIS_URL", "CELERY_BROKER_URL", "OMS_SECRET_KEY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("OMS_VAR", str(tmp_path))
    return tmp_path


def test_url_parts_are_percent_decoded():
    config = services.parse_database_url("postgres://o%40ms:p%2Fw%3Ad@db.example:5433/shop%20one?sslmode=require")
    assert config == {
        "NAME": "shop one", "USER": "o@ms", "PASSWORD": "p/w:d", "HOST": "db.example", "PORT": "5433",
        "OPTIONS": {"sslmode": "require"},
    }  # fmt: skip


def test_a_socket_folder_may_be_named_as_host():
    config = services.parse_database_url("postgresql:///shop?host=/run/postgresql")
    assert (config["HOST"], config["NAME"], config["OPTIONS"]) == ("/run/postgresql", "shop", {})


@pytest.mark.parametrize("url", ["mysql://a:secret@b/c", "postgres://a:secret@b/", "postgres://a:secret@b:port/c"])
def test_a_wrong_url_is_refused_without_showing_the_password(url):
    with pytest.raises(ImproperlyConfigured, match="DATABASE_URL must look like") as refused:
        services.parse_database_url(url)
    assert "secret" not in str(refused.value)


def test_without_urls_everything_is_under_oms_var(bare):
    assert services.database_config()["HOST"].startswith((str(bare), "/tmp"))
    assert services.redis_url().startswith("unix:///")
    assert services.broker_url().startswith("redis+socket:///")
    assert services.is_embedded()


def test_statements_are_planned_once_unless_the_url_says_otherwise(monkeypatch):
    assert services.database_config()["OPTIONS"]["options"] == "-c plan_cache_mode=force_generic_plan"
    monkeypatch.setenv("DATABASE_URL", "postgres://o@db/shop?options=-c%20statement_timeout%3D5s")
    assert services.database_config()["OPTIONS"] == {"prepare_threshold": 5, "options": "-c statement_timeout=5s"}


@pytest.mark.parametrize(
    ("redis", "broker", "expected"),
    [
        ("redis://r:6379/0", None, "redis://r:6379/0"),
        ("redis://r:6379/0", "redis://r:6379/1", "redis://r:6379/1"),
        ("unix:///run/r.sock?db=3", None, "redis+socket:///run/r.sock?virtual_host=3"),
    ],
)
def test_the_broker_is_the_redis_unless_named(monkeypatch, redis, broker, expected):
    monkeypatch.setenv("REDIS_URL", redis)
    if broker:
        monkeypatch.setenv("CELERY_BROKER_URL", broker)
    assert services.broker_url() == expected


def test_a_server_without_a_secret_key_does_not_start(monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgres://a@b/c")
    with pytest.raises(ImproperlyConfigured, match="OMS_SECRET_KEY is not set"):
        services.secret_key()
    monkeypatch.setenv("OMS_SECRET_KEY", "given")
    assert services.secret_key() == "given"


def test_starters_at_once_agree_on_one_private_key(bare):
    with ThreadPoolExecutor(8) as pool:
        keys = set(pool.map(lambda _: services.secret_key(), range(32)))
    assert len(keys) == 1
    assert len(keys.pop()) > 50
    assert stat.S_IMODE((bare / "secret_key").stat().st_mode) == 0o600
    assert [path.name for path in bare.glob("secret_key*")] == ["secret_key"]
