"""Bytes from outside: what is taken, what is left of a picture, and what is refused in which words."""

from io import BytesIO

import pytest
from PIL import Image, ImageFile

from practice.domain import papers, uploads
from tests import pictures

PDF = b"%PDF-1.7\n<html><script>alert(1)</script>"


def opened(upload):
    return Image.open(BytesIO(upload.data))


def refused(data):
    with pytest.raises(uploads.NotTaken) as caught:
        uploads.read(data)
    return str(caught.value)


def test_a_pdf_is_kept_as_it_came_and_never_opened():
    assert uploads.read(PDF) == uploads.Upload(PDF, "application/pdf")


@pytest.mark.parametrize(("kind", "media_type"), [("JPEG", "image/jpeg"), ("PNG", "image/png"), ("WEBP", "image/webp")])
@pytest.mark.parametrize("mode", ["RGB", "CMYK"])
def test_a_picture_stays_what_it_is_and_looks_the_same(kind, media_type, mode):
    taken = uploads.read(pictures.drawn(kind, mode=mode if kind == "JPEG" else "RGB"))
    assert taken.media_type == media_type and opened(taken).format == kind and opened(taken).size == (40, 20)
    left, right = (opened(taken).convert("RGB").getpixel(at) for at in ((5, 10), (35, 10)))
    assert left[0] > left[2] and right[2] > right[0]


@pytest.mark.parametrize("mode", ["RGB", "RGBA", "L", "LA", "P", "1", "I;16"])
def test_a_png_loses_nothing(mode):
    sent = pictures.drawn("PNG", mode=mode if mode != "I;16" else "L")
    if mode == "I;16":
        out = BytesIO()
        Image.frombytes("I;16", (2, 1), b"\x01\x02\x03\xf4").save(out, "PNG")
        sent = out.getvalue()
    before, after = Image.open(BytesIO(sent)), opened(uploads.read(sent))
    assert (after.mode, after.tobytes()) == (before.mode, before.tobytes())


def test_what_was_see_through_stays_so():
    picture = Image.new("RGBA", (10, 10), (0, 0, 0, 0))
    for kind, mode in (("PNG", "RGBA"), ("PNG", "LA"), ("PNG", "P"), ("WEBP", "RGBA")):
        out = BytesIO()
        picture.convert(mode).save(out, kind, **({"transparency": 0} if mode == "P" else {}))
        assert opened(uploads.read(out.getvalue())).convert("RGBA").getpixel((5, 5))[3] == 0, (kind, mode)


def test_the_place_the_device_and_every_word_in_a_photograph_are_gone():
    sent = pictures.photograph()
    assert b"canary" in sent and Image.open(BytesIO(sent)).getexif().get_ifd(0x8825)
    taken = uploads.read(sent)
    assert b"canary" not in taken.data and not opened(taken).getexif()


@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
def test_so_they_are_in_the_other_kinds(kind):
    exif = Image.Exif()
    exif[0x010F] = "canary-maker"
    words = {"xmp": b"canary-xmp"} if kind == "WEBP" else {}
    sent = pictures.drawn(kind, exif=exif, icc_profile=b"canary-profile", **words)
    assert b"canary" in sent
    taken = uploads.read(sent)
    assert b"canary" not in taken.data and not opened(taken).getexif()


def test_a_photograph_stands_the_way_it_was_held():
    taken = opened(uploads.read(pictures.photograph(orientation=6)))
    assert taken.size == (20, 40)
    top, bottom = taken.getpixel((10, 5)), taken.getpixel((10, 35))
    assert top[0] > top[2] and bottom[2] > bottom[0]


def test_what_hides_behind_a_picture_is_gone():
    for kind in ("JPEG", "PNG", "WEBP"):
        assert b"<script>" not in uploads.read(pictures.drawn(kind) + b"<script>alert(1)</script>").data


def test_a_second_picture_for_depth_does_not_refuse_a_photograph():
    frames = [Image.new("RGB", (20, 20), colour) for colour in (pictures.RED, pictures.BLUE)]
    out = BytesIO()
    frames[0].save(out, "MPO", save_all=True, append_images=frames[1:])
    taken = opened(uploads.read(out.getvalue()))
    assert taken.getpixel((5, 5))[0] > 150 and getattr(taken, "n_frames", 1) == 1


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"MZ\x90\x00 a program",
        b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
        b"<html>%PDF-1.7",
        b"\n%PDF-1.7",
        b"GIF89a",
        b"PK\x03\x04 a letter of an office",
        b"RIFF\x00\x00\x00\x00WAVE",
        b"\x00\x00\x00\x18ftypheic",
        b"II*\x00 a TIFF",
    ],
)
def test_anything_else_is_refused(data):
    assert refused(data) == "This is not a PDF, JPEG, PNG or WebP. Please choose another file."


def test_ten_megabytes_are_taken_and_a_byte_more_is_not():
    whole = b"%PDF-" + bytes(uploads.LARGEST - 5)
    assert uploads.read(whole).media_type == "application/pdf"
    assert refused(whole + b"0") == "This file has more than 10 MB. Please choose a smaller one."


@pytest.mark.parametrize("side", [5001, 10_000, 30_000])
def test_a_small_file_that_unfolds_into_a_vast_picture_is_refused_unopened(side, monkeypatch):
    monkeypatch.setattr(Image.Image, "load", lambda picture: pytest.fail("opened"))
    assert refused(pictures.bomb(side)) == "This picture has more than 25 megapixels. Please choose a smaller one."


def test_a_small_jpeg_that_goes_over_its_pixels_for_ever_is_refused_unopened(monkeypatch):
    most = uploads.SCANS - pictures.layered().count(pictures.SCAN)
    assert opened(uploads.read(pictures.layered(most))).size == (40, 20)
    vast = [pictures.layered(most + 1), pictures.layered(500)]
    monkeypatch.setattr(Image.Image, "load", lambda picture: pytest.fail("opened"))
    words = "This picture is kept in too many layers. Please take it again, or choose another file."
    assert [refused(one) for one in vast] == [words, words]


def test_what_only_looks_like_a_pass_does_not_refuse_a_photograph():
    many = pictures.SCAN * 500
    exif = Image.Exif()
    exif[0x010F] = many.decode("latin-1")
    assert opened(uploads.read(pictures.drawn("JPEG", comment=many, exif=exif) + many)).size == (40, 20)


@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
def test_what_moves_is_refused(kind):
    assert refused(pictures.moving(kind)) == "This picture moves. Please choose one that stands still."


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_what_is_cut_off_or_damaged_is_refused(kind, monkeypatch):
    monkeypatch.setattr(ImageFile, "LOAD_TRUNCATED_IMAGES", True)  # as WeasyPrint leaves it
    whole = pictures.drawn(kind, size=(400, 400))
    for broken in (whole[: len(whole) // 2], whole[:20], whole[:12], whole[:40] + bytes(60)):
        assert refused(broken).startswith(("This picture cannot be opened", "This is not a PDF"))
    assert refused(whole[: len(whole) // 2]).startswith("This picture cannot be opened")


def test_what_would_take_more_room_than_a_paper_may_is_refused(monkeypatch):
    monkeypatch.setattr(papers, "LARGEST", 10)
    assert refused(pictures.drawn("PNG")) == "This picture takes too much room. Please choose a smaller one."
