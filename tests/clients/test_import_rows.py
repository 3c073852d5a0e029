"""Uploaded tables and their rows: letters, commas, dates, and what is refused with which reason."""

from datetime import date

import pytest

from clients.domain import columns, rows, sheet
from clients.domain.rows import Refused, Why

TODAY = date(2026, 11, 26)


def read(data):
    table = sheet.read(data if isinstance(data, bytes) else data.encode())
    return table.headings, [row.cells for row in table.rows]


@pytest.mark.parametrize(
    "data",
    [
        "Name,Town\nZoë Łuk,Brno\n",
        "\ufeffName,Town\nZoë Łuk,Brno\n",
        "Name;Town\r\nZoë Łuk;Brno\r\n",
        "Name\tTown\rZoë Łuk\tBrno",
        '"Name","Town"\n"Zoë Łuk","Brno"\n',
        "\n\nName,Town\n\n,\nZoë Łuk,Brno\n  ,  \n",
        'Name,Town\n"Zoë\nŁuk",Brno',
        "Name,Town\nZoë \u200e\x07Łuk,Brno",
        'Name,Town\n="Zoë Łuk",Brno',
    ],
)
def test_whatever_a_spreadsheet_saves_is_read(data):
    headings, found = read(data)
    assert headings == ("Name", "Town")
    assert [tuple(cell.replace("\u200e", "") for cell in row) for row in found] == [("Zoë Łuk", "Brno")]


def test_windows_letters_are_read():
    assert read("Name;Ort\nZoë Müller;Köln".encode("cp1252")) == (("Name", "Ort"), [("Zoë Müller", "Köln")])


def test_a_comma_in_quotes_does_not_choose_the_comma():
    assert read('"Name, as written";Ort\n"Lee, Mary";Bonn') == (("Name, as written", "Ort"), [("Lee, Mary", "Bonn")])


def test_short_rows_are_filled_and_long_ones_marked():
    table = sheet.read(b"Name,E-mail\nInes\nYusuf,y@example.org,more\nMia,m@example.org,,")
    assert [(row.cells, row.is_whole, row.line) for row in table.rows] == [
        (("Ines", ""), True, 2),
        (("Yusuf", "y@example.org"), False, 3),
        (("Mia", "m@example.org"), True, 4),
    ]


@pytest.mark.parametrize(
    ("headings", "guessed"),
    [
        (["Client Name", "D.O.B.", "E-Mail Address", "Mobile"], ["name", "born", "email", "phone"]),
        (["First Name", "SURNAME", "Préferred name", "notes"], ["first", "last", "called", ""]),
        (["Name", "Name", "", "Diagnosis"], ["name", "", "", ""]),
        (["Emergency contact", "Emergency phone"], ["ring_name", "ring_phone"]),
    ],
)
def test_columns_are_guessed_from_their_headings(headings, guessed):
    assert columns.guess(headings) == guessed


@pytest.mark.parametrize(
    ("dates", "country", "first"),
    [
        (["9/3/1984", "25/12/1990"], "US", False),
        (["3/9/1984", "12/25/1990"], "GB", True),
        (["3/9/1984"], "GB", False),
        (["3/9/1984", "1984-03-09", "nonsense", ""], "US", True),
    ],
)
def test_the_order_of_dates_is_guessed(dates, country, first):
    assert columns.month_first(dates, country=country) is first


@pytest.mark.parametrize("text", ["1984-03-09", "9/3/1984", "09.03.1984", "9-3-1984", " 9 / 3 / 1984"])
def test_dates_as_tables_write_them(text):
    assert rows.person({"name": "Ines", "born": text}, month_first=False, today=TODAY).born == date(1984, 3, 9)


@pytest.mark.parametrize(
    ("cells", "why"),
    [
        ({"name": ""}, Why.NO_NAME),
        ({"name": "\u200b\u2060"}, Why.NO_NAME),
        ({"name": "..."}, Why.NO_NAME),
        ({"name": "x" * 161}, Why.LONG_NAME),
        ({"name": "=HYPERLINK(1)"}, Why.FORMULA),
        ({"name": "=cmd|' /C calc'!A0"}, Why.FORMULA),
        ({"name": "+1+1"}, Why.FORMULA),
        ({"name": "-2"}, Why.FORMULA),
        ({"name": "@SUM(1)"}, Why.FORMULA),
        ({"name": "\uff1d1+1"}, Why.FORMULA),
        ({"name": "Ines", "called": "=1"}, Why.FORMULA),
        ({"name": "Ines", "called": "x" * 81}, Why.LONG),
        ({"name": "Ines", "born": "9/3/84"}, Why.BORN),
        ({"name": "Ines", "born": "31/2/1984"}, Why.BORN),
        ({"name": "Ines", "born": "1984"}, Why.BORN),
        ({"name": "Ines", "born": "٩/٣/١٩٨٤"}, Why.BORN),
        ({"name": "Ines", "born": "1/1/99999999"}, Why.BORN),
        ({"name": "Ines", "born": "2026-11-27"}, Why.BORN_WHEN),
        ({"name": "Ines", "born": "1884-03-09"}, Why.BORN_WHEN),
        ({"name": "Ines", "email": "ines"}, Why.EMAIL),
        ({"name": "Ines", "email": "a@b.example, c@d.example"}, Why.EMAIL),
        ({"name": "Ines", "email": "=a@b.example"}, Why.EMAIL),
        ({"name": "Ines", "phone": "ask Jo"}, Why.PHONE),
        ({"name": "Ines", "phone": "=077009001"}, Why.PHONE),
        ({"name": "Ines", "ring_name": "Jo"}, Why.RING),
        ({"name": "Ines", "ring_phone": "07700 900222"}, Why.RING),
    ],
)
def test_what_cannot_be_says_why(cells, why):
    with pytest.raises(Refused) as refused:
        rows.person(cells, month_first=False, today=TODAY)
    assert refused.value.why == why and why.label


def test_first_and_last_name_are_one_name():
    made = rows.person({"first": " Ines ", "last": "Marlow"}, month_first=False, today=TODAY)
    assert made.name == "Ines Marlow" and not made.keys


def test_the_same_number_written_differently_is_the_same():
    pairs = ("+44 7700 900111", "07700 900111", "(07700) 900-111")
    assert len({rows.dialled(one) for one in pairs}) == 1


def test_every_byte_gives_a_table_or_a_sentence():
    """Bytes of every kind, cut anywhere: rows or a sentence, never anything else."""
    import random

    rng, whole = random.Random(7), 'Name;"DOB"\n"Zoë, ""Z""";9/3/1984\n=1;\t\n'.encode()
    for _ in range(3000):
        data = bytearray(whole[: rng.randrange(len(whole) + 1)])
        for _ in range(rng.randrange(6)):
            data.insert(rng.randrange(len(data) + 1), rng.choice(b'"\n\r;,\t\x00\xff\xc3=\x80 a'))
        try:
            table = sheet.read(bytes(data))
        except sheet.Unreadable as error:
            assert str(error)
            continue
        assert all(len(row.cells) == len(table.headings) for row in table.rows)
