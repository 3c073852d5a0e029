"""Photographs of a route: what is taken, who sees them, and that none leaves the record silently."""

from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image

from practice.domain import papers, uploads
from practice.models import AuditEntry, Paper
from routes.domain import photos
from routes.models import Hazard, Route
from tests import factories, pictures

SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


@pytest.fixture
def route(anna):
    return factories.route(anna)


@pytest.fixture
def water(route):
    return Hazard.objects.create(route=route, kind="water", words="Open water, no rail.")


def sent(browser, address, data):
    return browser.post(address, {"photo": SimpleUploadedFile("x.jpg", data, "image/jpeg")})


def of_spot(route):
    return reverse("routes:take_photo", args=[route.pk])


def of_hazard(hazard):
    return reverse("routes:take_hazard_photo", args=[hazard.route_id, hazard.pk])


def seen(browser, route, paper):
    return browser.get(reverse("routes:photo", args=[route.pk, paper.pk]))


# -------------------------------------------------------------------------------------------------------- what is taken


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (SVG, "not a PDF, JPEG, PNG or WebP"),
        (b"%PDF-1.7 " + bytes(40), "This is a PDF, not a picture"),
        (pictures.bomb(6_000), "more than 25 megapixels"),
        (pictures.moving("PNG"), "moves"),
        (pictures.drawn("JPEG")[:200], "damaged or cut off"),
        (b"GIF89a" + bytes(40), "not a PDF, JPEG, PNG or WebP"),
        (b"", "empty"),
    ],
)
def test_what_is_no_photograph_says_why_and_nothing_is_kept(as_anna, route, data, sentence):
    answer = sent(as_anna, of_spot(route), data)
    assert answer.status_code == 422 and sentence in answer.content.decode()
    assert not Paper.objects.exists() and Route.objects.get().photo is None


def test_no_file_at_all_is_asked_for(as_anna, route):
    answer = as_anna.post(of_spot(route))
    assert answer.status_code == 422 and "Choose a photograph first" in answer.content.decode()


def test_place_and_device_do_not_come_along_nor_what_hangs_behind(as_anna, route):
    assert sent(as_anna, of_spot(route), pictures.photograph(orientation=6) + SVG).status_code == 302
    data = seen(as_anna, route, Route.objects.get().photo).content
    assert b"canary" not in data and b"<script>" not in data and b"Exif" not in data
    with Image.open(BytesIO(data)) as picture:
        assert picture.size == (20, 40), "turned as it was held"


@pytest.mark.parametrize(
    ("kind", "mode"), [("JPEG", "RGB"), ("JPEG", "L"), ("PNG", "RGBA"), ("PNG", "P"), ("WEBP", "RGB")]
)
def test_whatever_came_it_is_a_jpeg_of_at_most_1600_pixels(kind, mode):
    shot = uploads.photograph(pictures.drawn(kind, size=(2_400, 900), mode=mode))
    with Image.open(BytesIO(shot.data)) as picture:
        assert (picture.format, picture.mode, picture.size) == ("JPEG", "RGB", (1_600, 600))
        red, _green, blue = picture.getpixel((100, 300))
        assert mode == "L" or (red > 150 and blue < 80)


def test_a_small_one_is_not_blown_up_and_what_is_see_through_is_on_white():
    out = BytesIO()
    Image.new("RGBA", (30, 20), (0, 0, 0, 0)).save(out, "PNG")
    with Image.open(BytesIO(uploads.photograph(out.getvalue()).data)) as picture:
        assert picture.size == (30, 20) and min(picture.getpixel((5, 5))) > 250


def test_grey_of_sixteen_bits_keeps_its_greys():
    out = BytesIO()
    Image.new("I;16", (30, 20), 128 * 256).save(out, "PNG")
    with Image.open(BytesIO(uploads.photograph(out.getvalue()).data)) as picture:
        assert abs(picture.getpixel((5, 5))[0] - 128) < 4


# ---------------------------------------------------------------------------------------------------------- who sees it


def test_the_staff_see_it_on_the_page_with_words_and_as_a_picture_alone(as_anna, as_olga, route, water):
    sent(as_anna, of_spot(route), pictures.photograph())
    sent(as_anna, of_hazard(water), pictures.photograph())
    route.refresh_from_db()
    water.refresh_from_db()
    page = as_olga.get(reverse("routes:show", args=[route.pk])).content.decode()
    for paper, words in (
        (route.photo, "The meeting spot: Orchard loop, the gate"),
        (water.photo, "Open water, no rail."),
    ):
        assert f'src="{reverse("routes:photo", args=[route.pk, paper.pk])}" alt="{words}"' in page
        answer = seen(as_olga, route, paper)
        assert answer.status_code == 200 and answer.content == papers.read(paper)
        assert answer["Content-Type"] == "image/jpeg" and answer["Content-Disposition"].startswith("inline")
        assert answer["X-Content-Type-Options"] == "nosniff" and answer["Cache-Control"] == "no-store"
        assert answer["Content-Security-Policy"] == "sandbox; default-src 'none'"


def test_nobody_and_no_client_sees_it_there(as_mrs_lee, as_mallory, as_anna, route, water):
    sent(as_anna, of_hazard(water), pictures.photograph())
    water.refresh_from_db()
    assert seen(as_mallory, route, water.photo).status_code == 302
    assert seen(as_mrs_lee, route, water.photo).status_code == 404
    assert as_mrs_lee.get(of_hazard(water)).status_code == 404


def test_the_desk_looks_and_changes_nothing(as_olga, route, water):
    for address in (of_spot(route), of_hazard(water)):
        assert as_olga.get(address).status_code == 404
        assert sent(as_olga, address, pictures.photograph()).status_code == 404
    assert not Paper.objects.exists()
    assert of_spot(route) not in as_olga.get(reverse("routes:show", args=[route.pk])).content.decode()


def test_by_this_door_comes_nothing_but_a_photograph_of_this_route(as_anna, anna, route, mrs_lee):
    other = factories.route(anna, "Other")
    paper = photos.keep(uploads.photograph(pictures.drawn("JPEG")), of=other, by=anna)
    assert seen(as_anna, route, paper).status_code == 404
    for subject, kind, media in ((mrs_lee.pk, photos.KIND, "image/jpeg"), (route.pk, "summary", "image/jpeg")):
        wrong = papers.keep(subject=subject, kind=kind, title="x", data=b"x", media_type=media, by=anna)
        assert seen(as_anna, route, wrong).status_code == 404
    letter = papers.keep(subject=route.pk, kind=photos.KIND, title="x", data=SVG, media_type="image/svg+xml", by=anna)
    assert seen(as_anna, route, letter).status_code == 404


def test_a_hazard_of_another_route_is_not_there(as_anna, anna, route, water):
    other = factories.route(anna, "Other")
    address = reverse("routes:take_hazard_photo", args=[other.pk, water.pk])
    assert as_anna.get(address).status_code == 404
    assert sent(as_anna, address, pictures.photograph()).status_code == 404


# ----------------------------------------------------------------------------------------------------------- the record


def test_replacing_and_taking_down_leaves_the_old_ones_kept_and_says_who(as_anna, anna, route, water):
    for _turn in range(2):
        sent(as_anna, of_hazard(water), pictures.photograph())
    water.refresh_from_db()
    first, second = Paper.objects.order_by("kept_at")
    assert water.photo == second and seen(as_anna, route, first).status_code == 200
    page = as_anna.get(reverse("routes:show", args=[route.pk])).content.decode()
    assert "Earlier photographs" in page and str(first.pk) in page
    as_anna.post(of_hazard(water), {"remove": "on"})
    water.refresh_from_db()
    assert water.photo is None and Paper.objects.count() == 2
    told = [entry for entry in AuditEntry.objects.order_by("seq") if "route.photo" in entry.body]
    assert len(told) == 3 and second.number in told[-1].body and str(anna.pk) in told[-1].body


def test_a_photograph_stays_when_the_words_are_changed(as_anna, anna, route, water):
    from tests.routes.test_editor import rows
    from tests.routes.test_pages import words

    route.points.create(position=1, kind="exit", name="Gate", lat=51.53, lon=-0.15, minutes=2)
    paper = photos.keep(uploads.photograph(pictures.drawn("JPEG")), of=water, by=anna)
    spot = photos.keep(uploads.photograph(pictures.drawn("JPEG")), of=route, by=anna)
    sent_ = words(**rows(route, hazard={"words": "Deep water."}), name=route.name)
    assert as_anna.post(reverse("routes:edit", args=[route.pk]), sent_).status_code == 302
    water.refresh_from_db()
    assert (water.words, water.photo, Route.objects.get().photo) == ("Deep water.", paper, spot)
