"""docker-compose.yml runs the same house as the supervisor: the same processes by the same commands, each watched."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import storages

from oms.ops.supervisor import commands

BASE = Path(__file__).resolve().parents[2]
# Of one machine alone: the servers have their own addresses, files are mounted where the image says.
NOT_FOR_SERVERS = {"OMS_MODE", "OMS_DEBUG", "OMS_STATIC_LAZY", "OMS_STATIC_ROOT", "OMS_EMAIL_BACKEND"}
SECRETS = ("OMS_DB_PASSWORD", "OMS_SECRET_KEY")


@pytest.fixture(scope="module")
def house() -> dict[str, Any]:
    return yaml.safe_load((BASE / "docker-compose.yml").read_text())


def words(command: list[str]) -> list[str]:
    """A command without what belongs to the machine: the interpreter, the address, where files lie."""
    text = " ".join(command)
    text = re.sub(r"^\S*python\S* -m ", "", text)
    return re.sub(r"--bind \S+|-s \S+|--access-logfile -", "", text).split()


def test_the_same_processes_by_the_same_commands(house):
    image = re.search(r"^CMD (\[.*\])$", (BASE / "Dockerfile").read_text(), re.M)
    assert image
    here = {name: words(command) for name, command in commands(8000, reload=False).items()}
    there = {name: words(house["services"][name].get("command") or yaml.safe_load(image[1])) for name in here}
    assert there == here
    assert set(house["services"]) == {*here, "postgres", "redis", "migrate"}


def test_one_service_builds_the_image_that_all_of_ours_run(house):
    ours = {name for name, service in house["services"].items() if service["image"] == "oms"}
    assert ours == {"migrate", "web", "worker", "beat"}
    assert [name for name in ours if "build" in house["services"][name]] == ["migrate"]


def test_the_database_is_asked_where_the_application_will_ask_it(house):
    """While the image makes the database its server answers on the socket alone, and is stopped again."""
    assert "-h 127.0.0.1" in " ".join(house["services"]["postgres"]["healthcheck"]["test"])


def test_static_files_collected_by_root_are_read_by_the_web_process_and_attachments_by_their_owner(tmp_path):
    modes = {}
    for name, given in settings.STORAGES.items():
        options = {**given.get("OPTIONS", {}), "location": tmp_path / name}
        storage = storages.create_storage({**given, "OPTIONS": options})
        modes[name] = Path(storage.path(storage.save("file.txt", ContentFile(b"text")))).stat().st_mode & 0o777
    assert modes == {"default": 0o640, "staticfiles": 0o644}


def test_all_that_keeps_running_is_watched_and_waits_for_what_it_needs(house):
    for name, service in house["services"].items():
        if name == "migrate":
            assert service["restart"] == "no"
            continue
        assert service["restart"] == "unless-stopped", name
        assert service["healthcheck"]["test"][0] in ("CMD", "CMD-SHELL"), name
        for code in re.findall(r'python -c "([^"]*)"', str(service["healthcheck"]["test"][-1])):
            compile(code.strip(), name, "exec")
        if name in ("web", "worker", "beat"):
            assert service["depends_on"]["migrate"] == {"condition": "service_completed_successfully"}, name
            assert service["depends_on"]["redis"] == {"condition": "service_healthy"}, name
    mounted = {v.split(":")[0] for s in house["services"].values() for v in s.get("volumes", ())}
    assert mounted == set(house["volumes"])


def test_every_setting_reaches_the_containers_and_no_secret_stands_in_the_file(house):
    asked = set(re.findall(r'\benv\w*\(\s*"(OMS_\w+)"', (BASE / "oms/settings.py").read_text()))
    given = house["services"]["web"]["environment"]
    assert asked - NOT_FOR_SERVERS - set(given) == set()
    text = (BASE / "docker-compose.yml").read_text()
    for name in SECRETS:  # no default: without it nothing starts
        assert set(re.findall(rf"\$\{{{name}\b(:.)", text)) == {":?"}, name
