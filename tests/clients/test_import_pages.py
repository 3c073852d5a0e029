"""The pages of an import: the file, its columns, the rows, and undo."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from clients.domain import imports, intake
from clients.models import Client, ClientImport
from practice.models import AuditEntry

pytestmark = pytest.mark.django_db
BEGIN = reverse("clients:begin_import")
TEXT = "Client;DOB;Mail;Diagnosis\nInes Marlow;9/3/1984;ines@example.org;canary-diagnosis\n;;;\nno;31/31/1984;;\n"


def upload(browser, data, name="clients.csv", **more):
    data = data.encode() if isinstance(data, str) else data
    return browser.post(BEGIN, {"file": SimpleUploadedFile(name, data)} | more)


def address(name, one):
    return reverse(f"clients:{name}", args=[one.pk])


def test_from_the_file_to_the_clients_and_back(as_anna):
    answer = upload(as_anna, TEXT)
    one = ClientImport.objects.get()
    assert answer["Location"] == address("import_columns", one) and one.columns == ["name", "born", "email", ""]
    assert "Ines Marlow" in as_anna.get(answer["Location"]).content.decode()
    chosen = {"column_0": "name", "column_1": "born", "column_2": "email", "column_3": "", "order": "day"}
    assert as_anna.post(answer["Location"], chosen)["Location"] == address("import", one)
    rows = as_anna.get(address("import", one)).content.decode()
    assert "One client would be made" in rows and "9 Mar 1984" in rows and "canary" not in rows
    assert "refused: the date of birth cannot be read" in rows and ">4<" in rows
    for _ in range(2):
        assert as_anna.post(address("import_go", one)).status_code == 302
    assert Client.objects.get().name == "Ines Marlow"
    done = as_anna.get(address("import", one)).content.decode()
    assert "One client was brought in" in done and "Row 4: the date of birth" in done and "Undo" in done
    Client.objects.update(called="Ines")
    assert as_anna.post(address("undo_import", one)).status_code == 302
    assert "Something was changed" in as_anna.get(address("import", one)).content.decode()
    assert as_anna.post(address("undo_import", one)).status_code == 404
    assert AuditEntry.objects.filter(body__contains="import.read").count() == 5


def test_month_first_is_guessed_and_can_be_said(as_anna, practice):
    upload(as_anna, "Name,DOB\nInes Marlow,3/25/1984\n")
    one = ClientImport.objects.get()
    assert one.month_first
    as_anna.post(address("import_columns", one), {"column_0": "name", "column_1": "born", "order": "day"})
    one.refresh_from_db()
    assert not one.month_first and imports.plan(one, today=timezone.localdate())[0].why == "born"


@pytest.mark.parametrize(
    ("chosen", "words"),
    [
        ({"column_0": "", "column_1": "email"}, "which column holds the name"),
        ({"column_0": "name", "column_1": "name"}, "for two columns"),
        ({"column_0": "name", "column_1": "first"}, "not both"),
        ({"column_0": "drop table", "column_1": ""}, "Select a valid choice"),
    ],
)
def test_columns_that_cannot_be_are_asked_again(as_anna, chosen, words):
    upload(as_anna, "Name,E-mail\nInes Marlow,ines@example.org\n")
    answer = as_anna.post(address("import_columns", ClientImport.objects.get()), chosen | {"order": "day"})
    assert answer.status_code == 422 and words in answer.content.decode()


def test_leaving_it_deletes_what_was_uploaded(as_anna):
    upload(as_anna, TEXT)
    one = ClientImport.objects.get()
    assert as_anna.post(address("drop_import", one)).status_code == 302
    assert not ClientImport.objects.exists() and not Client.objects.exists()
    assert as_anna.get(address("import", one)).status_code == 404


def test_the_desk_brings_in_for_a_therapist_and_says_for_whom(as_olga, anna):
    assert upload(as_olga, TEXT).status_code == 422
    assert upload(as_olga, TEXT, therapist=str(anna.pk)).status_code == 302
    one = ClientImport.objects.get()
    as_olga.post(address("import_go", one))
    assert Client.objects.get().care_team.get().user == anna


def test_the_therapist_says_on_their_page_that_they_are_a_client_already(
    as_olga, as_anna, as_ben, as_sam, as_rosa, as_mallory, anna
):
    upload(as_olga, TEXT, therapist=str(anna.pk))
    as_olga.post(address("import_go", ClientImport.objects.get()))
    ines = Client.objects.get()
    where, show = (reverse(f"clients:{name}", args=[ines.pk]) for name in ("carry_over", "show"))
    page = as_anna.get(show).content.decode()
    assert "Is Ines already your client?" in page and where in page
    assert where not in as_olga.get(show).content.decode()
    for browser in (as_olga, as_ben, as_sam, as_rosa):
        assert browser.post(where).status_code == 404
    assert as_mallory.post(where)["Location"].startswith(reverse("account_login"))
    assert as_anna.get(where).status_code == 405
    ines.refresh_from_db()
    assert ines.carried_over_on is None
    for _ in range(2):
        assert as_anna.post(where)["Location"] == show
    ines.refresh_from_db()
    assert ines.carried_over_on == timezone.localdate()
    page = as_anna.get(show).content.decode()
    assert where not in page and "Ask the first questions" in page and "Carried over from paper" in page


def test_whoever_came_otherwise_is_not_carried_over(as_anna, mrs_lee):
    answer = as_anna.post(reverse("clients:carry_over", args=[mrs_lee.pk]), follow=True)
    assert "Only somebody who came in with a list" in answer.content.decode()


def test_a_therapist_brings_in_her_own_alone(as_anna, anna, ben):
    upload(as_anna, TEXT, therapist=str(ben.pk))
    assert ClientImport.objects.get().therapist == anna


def test_nobody_elses_list_is_there(as_anna, as_ben, as_olga, as_rosa, as_sam, as_mrs_lee):
    upload(as_anna, TEXT)
    one = ClientImport.objects.get()
    for name in ("import", "import_columns"):
        assert as_olga.get(address(name, one)).status_code == 200
        for browser in (as_ben, as_rosa, as_sam, as_mrs_lee):
            assert browser.get(address(name, one)).status_code == 404
    assert as_ben.post(address("import_go", one)).status_code == 404
    assert "Anna" not in as_ben.get(BEGIN).content.decode()


def test_why_an_undo_left_somebody_is_for_the_care_team(as_anna, as_olga, anna):
    upload(as_anna, TEXT)
    one = ClientImport.objects.get()
    as_anna.post(address("import_go", one))
    ines, *_others = one.clients.order_by("name")
    intake.together(ines, manner="room", by=anna)
    as_olga.post(address("undo_import", one))
    own, desk = (browser.get(address("import", one)).content.decode() for browser in (as_anna, as_olga))
    assert "Questions were asked" in own
    assert ines.name in desk and "uestions were asked" not in desk and "Not yet, ask Anna" in desk


def test_a_done_import_has_no_columns_any_more(as_anna):
    upload(as_anna, TEXT)
    one = ClientImport.objects.get()
    as_anna.post(address("import_go", one))
    assert as_anna.get(address("import_columns", one))["Location"] == address("import", one)
    assert as_anna.post(address("drop_import", one)).status_code == 404


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "empty"),
        (b"\n\n  \n", "no rows"),
        (b"Name\n", "no rows"),
        ("Name\nInes".encode("utf-16"), "CSV UTF-8"),
        (b"Name\nIn\0es", "CSV UTF-8"),
        (b"PK\x03\x04\0\0 xlsx", "CSV UTF-8"),
        (b"Name\nIn\x81\xffes\x8d", "cannot be read"),
        (b'Name\n"Ines', "Line 2 cannot be read"),
        (b'Name\n"Ines" Marlow,x', "Line 2 cannot be read"),
        (b"Name\n" + b'"' * 200_001, "Line"),
        (b"Name\n" + b"a" * 300_000, "Line"),
        (b"Name\n" + b"Ines\n" * 2001, "2001 rows"),
        (b",".join([b"Name"] * 61) + b"\nInes", "60 columns"),
        (b"a" * (1024 * 1024 + 1), "more than 1 MB"),
    ],
)
def test_a_file_that_is_no_table_says_why(as_anna, data, words):
    answer = upload(as_anna, data)
    assert answer.status_code == 422 and words in answer.content.decode()
    assert not ClientImport.objects.exists()


def test_without_a_file_it_asks_for_one(as_anna):
    assert as_anna.post(BEGIN, {}).status_code == 422
    assert as_anna.post(BEGIN, {"file": "Name"}).status_code == 422


def test_the_rows_cost_the_same_for_one_and_for_many(as_anna):
    def queries(count):
        upload(as_anna, "Name,DOB\n" + "".join(f"Person {n},1984-03-09\n" for n in range(count)))
        one = ClientImport.objects.order_by("-uploaded_at").first()
        with CaptureQueriesContext(connection) as found:
            assert as_anna.get(address("import", one)).status_code == 200
        return len(found)

    assert queries(1) == queries(3) == queries(300)


def test_the_other_pages_cost_the_same_too(as_anna):
    def queries(where):
        with CaptureQueriesContext(connection) as found:
            assert as_anna.get(where).status_code == 200
        return len(found)

    def brought_in(names):
        upload(as_anna, "Name\n" + "\n".join(names))
        one = ClientImport.objects.order_by("-uploaded_at").first()
        columns = queries(address("import_columns", one))
        as_anna.post(address("import_go", one))
        return columns, queries(address("import", one)), queries(BEGIN)

    assert brought_in(["Ines Marlow"]) == brought_in(["Ruth Abara", "Tomas Kessler", "Mia Roth"])
