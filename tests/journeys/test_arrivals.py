"""Coming in, by hand on a telephone: an existing client on paper, a list of clients, and an enquiry that waits."""

from datetime import timedelta

from django.utils import timezone
from playwright.sync_api import expect

from clients.domain import consent_texts
from clients.models import Client, Consent, Decision
from practice.models import CoverPerson, Letter
from tests import factories
from tests.journeys.conftest import PHONE, Served, accessible, sign_in

ANNA = "anna.reiter@larchstreet.example"
LIST = "Name;Date of birth;E-mail\nRuth Abara;9/3/1984;ruth@example.org\n=1+1;;\nTomas Kessler;;tomas@example.org\n"


def test_a_client_on_paper_a_list_and_an_enquiry(served: Served, window):
    factories.practice()
    CoverPerson.objects.create(user=factories.user("Anna Reiter", "therapist"), position=1)
    consent_texts.publish_shipped()
    today = timezone.localdate()
    page = window(PHONE).page()
    sign_in(page, served, ANNA, factories.PASSWORD)

    # Who they are, and what is on paper.
    page.goto(f"{served.url}/clients/")
    page.get_by_role("link", name="Already my client").click()
    accessible(page)
    page.locator("[name=name]").fill("Ines Marlow")
    page.locator("[name=kind]").select_option("email")
    page.locator("[name=value]").fill("ines@example.org")
    page.get_by_role("button", name="Go on to the paper").click()
    accessible(page)
    page.get_by_role("button", name="Keep").click()
    expect(page.locator("[data-errors]")).to_contain_text("Nothing is filled in yet")
    accessible(page)
    day = (today - timedelta(days=30)).isoformat()
    page.locator("[name=signed_outdoors]").fill(day)
    scan = {"name": "consent.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7 signed"}
    page.locator("[name=scan_outdoors]").set_input_files(files=[scan])
    page.locator("[name=decided_on]").fill(day)
    page.locator("[name=look_again_on]").fill((today + timedelta(days=90)).isoformat())
    page.locator("[name=modes][value=walk]").check()
    page.locator("[name=reasoning]").fill("We considered it and have walked since the summer.")
    page.get_by_role("button", name="Keep").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Ines Marlow")
    expect(page.locator("main")).to_contain_text("Walking agreed, Anna")
    expect(page.locator("main")).to_contain_text("Carried over from paper")
    accessible(page)
    assert Consent.objects.get().manner == "paper" and Decision.objects.get().at.date().isoformat() == day

    # A list: its columns, its rows, the import, and undo.
    page.goto(f"{served.url}/clients/import")
    accessible(page)
    page.locator("[name=file]").set_input_files(
        files=[{"name": "list.csv", "mimeType": "text/csv", "buffer": LIST.encode()}]
    )
    page.get_by_role("button", name="Show what is in it").click()
    accessible(page)
    page.get_by_role("button", name="Show what would happen").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("2 clients would be made")
    expect(page.locator("main")).to_contain_text("the name begins like a formula")
    accessible(page)
    page.get_by_role("button", name="Bring in 2 clients").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("2 clients were brought in")
    accessible(page)
    imported = page.url

    # The first questions, to one of them.
    page.get_by_role("link", name="Ask the first questions").click()
    accessible(page)
    page.get_by_label("Ruth Abara").check()
    page.get_by_role("button", name="Look once more").click()
    accessible(page)
    assert not Letter.objects.exists()
    page.get_by_role("button", name="Send").click()
    expect(page.locator("main")).to_contain_text("One letter is on its way")
    assert "Larch" not in str(served.tray.to("ruth@example.org")["subject"])

    page.goto(imported)
    page.get_by_text("Undo this import").click()
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("This import was undone")
    expect(page.locator("main")).to_contain_text("Questions were asked")
    assert not Client.objects.filter(name="Tomas Kessler").exists()

    # An enquiry: answered, on the waiting list, referred on.
    page.goto(f"{served.url}/clients/enquiry")
    page.locator("[name=name]").fill("Fay Carrick")
    page.locator("[name=kind]").select_option("phone")
    page.locator("[name=value]").fill("07700 900111")
    page.get_by_role("button", name="Note down").click()
    page.goto(f"{served.url}/clients/enquiries")
    accessible(page)
    page.get_by_role("button", name="Replied").click()
    page.get_by_role("button", name="To the waiting list").click()
    expect(page.locator("main")).to_contain_text("Waiting since")
    accessible(page)
    page.get_by_role("link", name="Fay Carrick").click()
    page.get_by_role("link", name="Refer on, or close").click()
    accessible(page)
    page.locator("[name=referred_to]").fill("Larkhill")
    page.get_by_role("button", name="Close").click()
    expect(page.locator("main")).to_contain_text("Referred on")
    expect(page.locator("main")).to_contain_text("Deleted for good after")
