"""A device that is handed over to sign on: what it opens meanwhile, and how it comes back."""

import pytest
from django.urls import reverse

from clients.domain import consent
from clients.models import Consent
from tests import factories
from tests.clients.signing import address, disclosed, given, handed_over, token_of

pytestmark = pytest.mark.django_db
HAND_BACK, STILL_YOU = reverse("hand_back"), reverse("account_reauthenticate")


@pytest.fixture
def asked(mrs_lee, anna, text):
    return disclosed(consent.ask(mrs_lee, text, by=anna))


def password(browser, said=factories.PASSWORD, to="/"):
    return browser.post(STILL_YOU, {"password": said, "next": to})


def staff_pages(client):
    own = [reverse(f"clients:{name}", args=[client.pk]) for name in ("show", "consents", "documents", "ask_consent")]
    return ["/", reverse("clients:list"), reverse("sessions:today"), reverse("practice:team"), "/nowhere", *own]


def test_while_it_is_handed_over_it_opens_what_is_signed_and_nothing_else(as_anna, asked, mrs_lee):
    there = handed_over(as_anna, asked)
    for page in staff_pages(mrs_lee):
        answer = as_anna.get(page)
        assert (answer.status_code, answer.get("Location")) in ((302, HAND_BACK), (404, None))
        assert "Lee" not in answer.content.decode() and "Anna" not in answer.content.decode()
    again = as_anna.post(reverse("clients:stop_consent", args=[mrs_lee.pk, asked.pk]))
    assert again["Location"] == HAND_BACK and Consent.objects.get(pk=asked.pk).status == "asked"
    page = as_anna.get(there).content.decode()
    assert "You sign together" in page and f'href="{HAND_BACK}"' in page
    assert as_anna.post(there, given(asked)).status_code == 302
    assert "I have finished: hand the device back" in as_anna.get(there).content.decode()
    assert as_anna.get(there + "copy").status_code == 200


def test_the_page_that_asks_for_it_back_shows_nothing_of_the_practice(as_anna, asked, mrs_lee, anna):
    handed_over(as_anna, asked)
    page = as_anna.get(HAND_BACK).content.decode()
    assert "Please hand the device back" in page
    assert not [word for word in ("Larch", "Lee", "Anna", "Reiter", str(mrs_lee.pk) + '/consents"') if word in page]


def test_the_password_opens_it_again_where_the_next_one_signs(as_anna, asked, mrs_lee):
    handed_over(as_anna, asked)
    back = reverse("clients:sign_here", args=[mrs_lee.pk])
    assert f"{STILL_YOU}?next={back.replace('/', '%2F')}" in as_anna.get(HAND_BACK).content.decode()
    assert password(as_anna, "not hers at all", to=back).status_code == 200
    assert as_anna.get(back)["Location"] == HAND_BACK
    assert password(as_anna, to=back)["Location"] == back
    assert as_anna.get(back).status_code == 200
    assert as_anna.get(HAND_BACK)["Location"] == reverse("home"), "nothing to hand back any more"


def test_a_password_given_before_it_was_handed_over_is_worth_nothing_after(as_anna, asked, mrs_lee):
    password(as_anna)
    handed_over(as_anna, asked)
    assert as_anna.get(reverse("clients:show", args=[mrs_lee.pk]))["Location"] == HAND_BACK
    password(as_anna)
    handed_over(as_anna, asked)
    assert as_anna.get(reverse("clients:show", args=[mrs_lee.pk]))["Location"] == HAND_BACK, "each time anew"


def test_another_log_in_and_whoever_signs_out_are_not_held_up(as_anna, as_ben, anna, asked, mrs_lee, mr_ode):
    handed_over(as_anna, asked)
    assert as_ben.get(reverse("clients:show", args=[mr_ode.pk])).status_code == 200
    as_anna.post(reverse("account_logout"))
    assert as_anna.get(HAND_BACK)["Location"].startswith(reverse("account_login"))
    as_anna.force_login(anna)
    assert as_anna.get(reverse("clients:show", args=[mrs_lee.pk])).status_code == 200


def test_a_mailed_link_on_the_therapists_own_device_closes_nothing(as_anna, asked, mrs_lee):
    page = as_anna.get(address(token_of(asked), asked)).content.decode()
    assert HAND_BACK not in page
    assert as_anna.get(reverse("clients:show", args=[mrs_lee.pk])).status_code == 200
