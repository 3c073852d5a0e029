"""A text is looked at as whoever reads it: with the clauses that are only for some."""

import pytest
from django.urls import reverse

from tests.clients.test_text_pages import publish
from tests.clients.texts import address, opened, row_of

pytestmark = pytest.mark.django_db
TRAINEE, MINOR = "works under the supervision of Dr Kim Hale", "We meet this way only when Dana wants to"


@pytest.mark.parametrize("published", [False, True])
def test_the_reader_chooses_whose_clauses_are_shown(as_rosa, published):
    where = address("preview_text")
    if published:
        publish(as_rosa)
        where = reverse("clients:text_version", args=["outdoors", "en", 1])
    for chosen, seen in (("", ()), ("?to=trainee", (TRAINEE,)), ("?to=minor&to=trainee", (TRAINEE, MINOR))):
        page = as_rosa.get(where + chosen).content.decode()
        assert [words for words in (TRAINEE, MINOR) if words in page] == list(seen)
        assert page.count("checked") == len(seen)
    page = as_rosa.get(where + "?to=anybody").content.decode()
    assert TRAINEE not in page and MINOR not in page


def test_what_is_the_same_for_everybody_asks_nothing(as_rosa):
    assert "As it is read by" not in as_rosa.get(address("preview_text", "data")).content.decode()
    assert (
        "somebody asked about a client under age" not in as_rosa.get(address("preview_text", "group")).content.decode()
    )


def test_the_clause_for_a_group_is_read_by_everybody(as_rosa):
    data = opened(as_rosa)
    data |= {f"{row_of(data, 'group')}-words": "What is said in the group stays with {practice}."}
    assert as_rosa.post(address(), data).status_code == 302
    assert "What is said in the group stays with" in as_rosa.get(address("preview_text")).content.decode()
