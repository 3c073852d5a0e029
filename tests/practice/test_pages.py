"""The practice's own pages, and the doors that stand open."""

import json
import re
import subprocess
import sys
from datetime import UTC, datetime

import pytest
from django.urls import reverse
from django.utils import timezone

pytestmark = pytest.mark.django_db


def test_the_owner_sees_people_roles_and_cover(as_rosa, anna, sam):
    page = as_rosa.get(reverse("practice:team"))
    assert page.status_code == 200
    text = page.content.decode()
    assert "Anna Reiter" in text and "Sam Holt" in text and "Nobody is named" in text
    assert "Write and sign notes" in text


@pytest.mark.parametrize("browser", ["as_anna", "as_olga", "as_mrs_lee"])
def test_others_do_not_know_the_page_is_there(request, browser):
    assert request.getfixturevalue(browser).get(reverse("practice:team")).status_code == 404


def test_nobody_is_sent_to_sign_in(as_mallory):
    answer = as_mallory.get(reverse("practice:team"))
    assert answer.status_code == 302
    assert answer.url.startswith(reverse("account_login"))


def test_a_task_runs_by_the_clock_of_the_practice(practice):
    from practice.config.celery import app

    @app.task
    def hour() -> int:
        return timezone.localtime(datetime(2026, 7, 1, 12, tzinfo=UTC)).hour

    practice.time_zone = "Asia/Tokyo"
    practice.save(update_fields=["time_zone"])
    assert hour() == 21 and timezone.get_current_timezone_name() == "Europe/London"


def test_the_process_answers(as_mallory):
    assert as_mallory.get("/livez").content == b"ok\n"


def test_the_database_answers(as_mallory):
    assert as_mallory.get("/readyz").status_code == 200


def test_health_names_what_is_down_to_this_machine_only(as_mallory, settings):
    near = as_mallory.get("/healthz")
    assert near.status_code == 503
    assert near.json()["down"] == ["worker", "beat"]
    far = as_mallory.get("/healthz", REMOTE_ADDR="203.0.113.7")
    assert far.json() == {"status": "down"}
    through_a_proxy = as_mallory.get("/healthz", headers={"x-forwarded-for": "203.0.113.7"})
    assert through_a_proxy.json() == {"status": "down"}


def test_health_is_well_with_fresh_signs_of_life(as_mallory):
    from practice.domain import pulse

    pulse.worker_lives()
    pulse.beat_lives()
    answer = as_mallory.get("/healthz")
    assert (answer.status_code, answer.json()["status"]) == (200, "ok")


def test_nothing_signed_in_is_stored_by_a_browser(as_rosa):
    assert "no-store" in as_rosa.get(reverse("practice:team"))["Cache-Control"]


def test_no_page_allows_foreign_or_inline_code(as_rosa):
    policy = as_rosa.get(reverse("practice:team"))["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy


def test_a_log_line_holds_no_path_and_no_query(as_rosa, caplog):
    with caplog.at_level("INFO", logger="alongside.request"):
        as_rosa.get(reverse("practice:team") + "?secret=canary")
    [line] = [one for one in caplog.records if one.name == "alongside.request"]
    assert "canary" not in str(line.__dict__["fields"])
    assert line.__dict__["fields"]["view"] == "practice:team"


def test_signing_oneself_up_is_closed(as_mallory):
    page = as_mallory.get(reverse("account_signup"))
    assert "email" not in [field for form in page.context or [] for field in form.get("form", {}) or []]
    assert as_mallory.post(reverse("account_signup"), {"email": "x@example.org"}).status_code == 200


def test_the_team_costs_the_same_with_one_and_with_many(as_rosa, anna, django_assert_max_num_queries):
    from tests import factories

    with django_assert_max_num_queries(12) as few:
        as_rosa.get(reverse("practice:team"))
    for number in range(3):
        factories.user(f"More People {number}", "therapist")
    with django_assert_max_num_queries(len(few.captured_queries)):
        as_rosa.get(reverse("practice:team"))


def test_nothing_of_a_link_or_an_exception_reaches_the_log():
    """In a process of its own: pytest's handlers would hide what falls through to stderr."""
    script = """
import django; django.setup()
from django.conf import settings; settings.ALLOWED_HOSTS = ["testserver"]
from django.test import Client
from practice.views import health
def broken(*args, **kwargs): raise ValueError("canary words")
health._works = broken
browser = Client(raise_request_exception=False)
print(browser.get("/healthz").status_code, browser.get("/static/canary-token/").status_code)
"""
    done = subprocess.run([sys.executable, "-W", "ignore", "-c", script], capture_output=True, text=True, timeout=60)
    assert done.stdout.split() == ["500", "404"], done.stderr
    assert "canary" not in done.stderr
    [line] = [json.loads(line) for line in done.stderr.splitlines() if '"broken"' in line]
    assert (line["level"], line["error"]) == ("error", "ValueError")


def test_a_cookie_that_no_browser_of_ours_has_is_left_out(as_mallory):
    as_mallory.cookies["session"] = "\x00aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
    assert as_mallory.get(reverse("account_login")).status_code == 200


@pytest.mark.parametrize(
    ("name", "args"),
    [("practice:team", []), ("practice:cover", []), ("practice:arrivals", []), ("clients:rules", []),
     ("clients:rule", ["driven"]), ("clients:instruments", [])],
)  # fmt: skip
def test_what_is_kept_for_the_practice_lights_its_own_place_in_the_rail(as_rosa, name, args):
    lit = re.findall(r'href="([^"]+)" aria-current', as_rosa.get(reverse(name, args=args)).content.decode())
    assert lit == [reverse("practice:team")]


def test_a_client_lights_the_clients(as_anna, mrs_lee):
    page = as_anna.get(reverse("clients:show", args=[mrs_lee.pk])).content.decode()
    assert re.findall(r'href="([^"]+)" aria-current', page) == [reverse("clients:list")]
