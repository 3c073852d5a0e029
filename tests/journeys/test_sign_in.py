"""The front door."""

from tests import factories
from tests.journeys.conftest import PHONE, accessible, sign_in


def test_a_therapist_signs_in_on_her_phone(served, window):
    factories.practice()
    factories.user("Anna Reiter", "therapist")
    page = window(PHONE).page()
    page.goto(served.url)
    accessible(page)
    sign_in(page, served, "anna.reiter@larchstreet.example", "not her password")
    accessible(page)
    sign_in(page, served, "anna.reiter@larchstreet.example", factories.PASSWORD)
    page.wait_for_url(f"{served.url}/sessions/**")
