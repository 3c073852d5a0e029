"""How a practice begins, and how people come to it."""

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from practice.models import Place, Practice, User

pytestmark = pytest.mark.django_db
PASSWORD = "seven herons on the mill pond"


def begin(capsys):
    call_command("begin", "--name", "Mill Lane", "--owner", "Rosa Venn", "--email", "Rosa@example.org")
    return capsys.readouterr().out.strip().splitlines()[-1]


def test_the_owner_sets_her_password_by_the_printed_link(capsys):
    link = begin(capsys)
    browser = Client()
    form = browser.get(link.removeprefix("http://127.0.0.1:8000"), follow=True)
    browser.post(form.request["PATH_INFO"], {"password1": PASSWORD, "password2": PASSWORD})
    owner = User.objects.get(email="rosa@example.org")
    assert owner.check_password(PASSWORD)
    assert owner.roles == {"owner"}
    assert Practice.load().name == Place.objects.get().name == "Mill Lane"
    again = Client().get(link.removeprefix("http://127.0.0.1:8000"), follow=True)
    assert b"password1" not in again.content


def test_a_practice_begins_once(capsys):
    begin(capsys)
    with pytest.raises(CommandError, match="already holds a practice"):
        begin(capsys)


def test_a_person_is_invited_once(rosa):
    with pytest.raises(CommandError, match="has a log-in here already"):
        call_command("invite", rosa.email.upper(), "Rosa Venn", "owner")
