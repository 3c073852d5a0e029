"""Mailed links: one purpose, an end, and no trace of the token."""

import uuid
from datetime import timedelta

import pytest
from django.utils import timezone

from practice.domain import links
from practice.models import Link

pytestmark = pytest.mark.django_db
SUBJECT = uuid.uuid4()


@pytest.fixture
def token(anna):
    return links.make("intake", subject=SUBJECT, lasts=timedelta(days=14), by=anna)


def test_a_link_is_found_by_its_token_for_its_purpose(token):
    link = links.find(token, "intake")
    assert link is not None and link.subject == SUBJECT


def test_the_token_is_kept_nowhere(token):
    assert len(token) >= 43
    assert token.encode() not in bytes(Link.objects.get().token_hash)


def test_another_purpose_does_not_find_it(token):
    assert links.find(token, "consent") is None


def test_a_cut_or_longer_token_does_not_find_it(token):
    assert links.find(token[:-1], "intake") is None
    assert links.find(token + "x", "intake") is None


def test_an_expired_link_is_not_found(token):
    Link.objects.update(expires_at=timezone.now())
    assert links.find(token, "intake") is None


def test_an_ended_link_is_not_found(token):
    links.end("intake", subject=SUBJECT)
    assert links.find(token, "intake") is None


def test_using_a_link_does_not_end_it(token):
    link = links.find(token, "intake")
    assert link is not None
    links.use(link)
    assert links.find(token, "intake") is not None
