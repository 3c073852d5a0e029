"""Reading GPX: what walkers really export, and what a stranger might send."""

import gzip
import resource
import time
import zipfile
from io import BytesIO

import pytest

from routes.domain import geometry, gpx
from tests.routes.files import GPX11, track, track_of

HEAD = '<?xml version="1.0" encoding="UTF-8"?>'


def refused(data: bytes) -> str:
    with pytest.raises(gpx.GpxProblem) as problem:
        gpx.read(data)
    sentence = str(problem.value)
    assert sentence.endswith(".") and "\n" not in sentence and len(sentence) < 160
    return sentence


def test_a_track_with_heights():
    found = gpx.read(track([(51.5, -0.16, 20), (51.501, -0.16, 21.5)], name="Round the lake"))
    assert found.points == (gpx.Point(51.5, -0.16, 20.0), gpx.Point(51.501, -0.16, 21.5))
    assert found.name == "Round the lake"
    assert found.has_elevation and found.warnings == ()


def test_version_1_0_and_files_without_a_namespace():
    body = '<trk><trkseg><trkpt lat="1" lon="2"/><trkpt lat="1.1" lon="2"/></trkseg></trk>'
    for opening in ('<gpx version="1.0" xmlns="http://www.topografix.com/GPX/1/0">', "<gpx>"):
        assert len(gpx.read(f"{opening}{body}</gpx>".encode()).points) == 2


def test_a_prefix_and_a_planned_route():
    data = (
        '<g:gpx xmlns:g="http://www.topografix.com/GPX/1/1"><g:rte><g:rtept lat="1" lon="2"/>'
        '<g:rtept lat="1.1" lon="2"><g:ele>4</g:ele></g:rtept></g:rte></g:gpx>'
    )
    assert [point.ele for point in gpx.read(data.encode()).points] == [None, 4.0]


def test_what_was_recorded_wins_over_what_was_planned():
    planned = '<rte><rtept lat="9" lon="9"/><rtept lat="9.1" lon="9"/></rte>'
    found = gpx.read(track([(1, 2, 5), (1.1, 2, 5)], also=planned))
    assert found.points[0].lat == 1.0
    assert any("planned route" in str(warning) for warning in found.warnings)


def test_pieces_are_put_in_a_row_with_a_warning_and_lone_points_dropped():
    seg = '<trkseg><trkpt lat="{0}" lon="2"/><trkpt lat="{0}1" lon="2"/></trkseg>'
    lone = '<trkseg/><trkseg><trkpt lat="7" lon="7"/></trkseg>'
    body = f"<trk>{seg.format('1.1')}{lone}</trk><trk>{seg.format('1.2')}</trk>"
    found = gpx.read(f"{HEAD}<gpx {GPX11}>{body}</gpx>".encode())
    assert [len(part) for part in found.parts] == [2, 2]
    assert "2 pieces" in str(found.warnings[0])


def test_nothing_about_the_person_survives():
    extra = "<time>2024-05-01T10:00:00Z</time><name>Home</name><extensions><hr>171</hr><ele>999</ele></extensions>"
    found = gpx.read(track([(51.5, -0.16, 20), (51.6, -0.16, 20)], inside=extra))
    assert found.points == (gpx.Point(51.5, -0.16, 20.0), gpx.Point(51.6, -0.16, 20.0))
    assert "171" not in repr(found) and "2024" not in repr(found) and "Home" not in repr(found)


@pytest.mark.parametrize(
    "name", ["ACTIVE LOG #2", "03-OCT-10", "Morning 2024-05-01", "Track 1", "Untitled Path", "17:30"]
)
def test_names_that_a_device_made_or_that_tell_the_day_are_not_proposed(name):
    assert track_of(track([(1, 2, 3), (1.1, 2, 3)], name=name)).name == ""


def test_a_name_is_cleaned():
    assert track_of(track([(1, 2, 3), (1.1, 2, 3)], name="  Lake\u202e\n loop " + "x" * 200)).name.startswith(
        "Lake loop xx"
    )
    assert len(track_of(track([(1, 2, 3), (1.1, 2, 3)], name="x" * 200)).name) == 80


@pytest.mark.parametrize("time_text", ["", "0000-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "2024-13-45T99:99:99+99:99"])
def test_times_are_never_read(time_text):
    found = gpx.read(track([(1, 2, 3), (1.1, 2, 3)], inside=f"<time>{time_text}</time>"))
    assert len(found.points) == 2


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_honest_encodings(encoding):
    text = track([(1, 2, 3), (1.1, 2, 3)], name="Grüne Wiese").decode()
    assert gpx.read(text.replace(' encoding="UTF-8"', "").encode(encoding)).name == "Grüne Wiese"


def test_a_declared_western_encoding():
    text = track([(1, 2, 3), (1.1, 2, 3)], name="Forêt").decode().replace("UTF-8", "ISO-8859-1")
    assert gpx.read(text.encode("iso-8859-1")).name == "Forêt"


LAUGHS = '<!DOCTYPE gpx [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]><gpx><name>&b;</name></gpx>'
FILE = '<!DOCTYPE gpx [<!ENTITY x SYSTEM "file:///etc/passwd">]><gpx><name>&x;</name></gpx>'
PARAMETER = '<!DOCTYPE gpx [<!ENTITY % p SYSTEM "http://127.0.0.1/x.dtd"> %p;]><gpx/>'


@pytest.mark.parametrize("text", [LAUGHS, FILE, PARAMETER, LAUGHS.replace("DOCTYPE", "doctype")])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_document_types_are_refused_in_any_encoding(text, encoding):
    assert "document type" in refused(text.encode(encoding))


@pytest.mark.parametrize("encoding", ["utf-7", "utf-32", "cp037", "utf_16_le_nonsense"])
def test_other_encodings_are_refused_by_name_or_mark(encoding):
    data = f'<?xml version="1.0" encoding="{encoding}"?>'.encode() + LAUGHS.encode(
        "utf-7" if encoding == "utf-7" else "utf-8"
    )
    assert "encoding" in refused(data)


def test_a_western_declaration_over_utf_16_hides_nothing():
    refused(b'<?xml version="1.0" encoding="ISO-8859-1"?>' + LAUGHS.encode("utf-16-le"))


@pytest.mark.parametrize("data", [LAUGHS.encode("utf-32"), b"\x00\x00\xfe\xff", b"\x4c\x6f\xa7\x94"])
def test_exotic_first_bytes_are_refused(data):
    refused(data)


def zipped() -> bytes:
    held = BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        archive.writestr("doc.kml", "<kml/>")
    return held.getvalue()


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "empty"),
        (b"  \n", "empty"),
        (b"hello, this is not xml", "could not be read as XML"),
        (b"<gpx><trk>", "could not be read as XML"),
        (b"\x00" * 50, "could not be read as XML"),
        (zipped(), "could not be read as XML"),
        (b"\xff\xd8\xff\xe0JFIF", "could not be read as XML"),
        (b'<kml xmlns="http://www.opengis.net/kml/2.2"><Document/></kml>', "KML"),
        (b"<TrainingCenterDatabase/>", "TCX"),
        (b"<svg/>", "not a GPX"),
        (b"<gpx></gpx>", "at least two points"),
        (b"<gpx><trk><trkseg></trkseg></trk></gpx>", "at least two points"),
        (b'<gpx><trk><trkseg><trkpt lat="1" lon="1"/></trkseg></trk></gpx>', "at least two points"),
        (b'<gpx><wpt lat="1" lon="1"/></gpx>', "single places"),
    ],
)
def test_files_that_are_no_path_say_why(data, words):
    assert words in refused(data)


@pytest.mark.parametrize(
    ("lat", "lon"),
    [
        ("NaN", "0"), ("0", "nan"), ("inf", "0"), ("1e309", "0"), ("91", "0"), ("-90.001", "0"), ("0", "181"),
        ("0", "-181"), ("51,5", "0"), ("", "0"), ("1_0", "0"), ("٤", "0"), ("0x10", "0"), ("north", "0"),
    ],
)  # fmt: skip
def test_positions_off_the_earth_are_refused(lat, lon):
    assert "nowhere on Earth" in refused(track([(1, 1, 1), (lat, lon, 1)]))


def test_a_point_without_a_position_is_refused():
    assert "nowhere on Earth" in refused(b'<gpx><trk><trkseg><trkpt lat="1" lon="1"/><trkpt/></trkseg></trk></gpx>')


@pytest.mark.parametrize("height", ["NaN", "-inf", "1e309", "9001", "-501", "12,5", "high"])
def test_heights_that_make_no_sense_are_left_out_and_said(height):
    found = gpx.read(track([(1, 1, 10), (1.1, 1, height), (1.2, 1, 12)]))
    assert [point.ele for point in found.points] == [10.0, None, 12.0]
    assert "1 point makes no sense" in str(found.warnings[0])


def test_minus_zero_and_the_edges_of_the_earth():
    found = gpx.read(track([("-0", "-0.0", "-0"), (90, 180, 0), (-90, -180, 0)]))
    assert str(found.points[0]) == "Point(lat=0.0, lon=0.0, ele=0.0)"


def test_a_path_in_hundreds_of_pieces_is_refused():
    piece = '<trkseg><trkpt lat="1" lon="1"/><trkpt lat="1" lon="2"/></trkseg>'
    assert len(gpx.read(f"<gpx><trk>{piece * 200}</trk></gpx>".encode()).parts) == 200
    assert "200 pieces" in refused(f"<gpx><trk>{piece * 201}</trk></gpx>".encode())


def test_a_gzip_file_with_another_name_is_refused():
    assert "could not be read as XML" in refused(gzip.compress(track([(1, 1, 1), (2, 2, 2)])))


def peak() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def flood(what: str) -> bytes:
    if what == "depth":
        return b"<gpx>" + b"<a>" * 100_000 + b"</a>" * 100_000 + b"</gpx>"
    if what == "attribute":
        return b'<gpx creator="' + b"x" * (gpx.MAX_BYTES - 100) + b'"/>'
    if what == "elements":
        return b"<gpx>" + b"<a/>" * 2_600_000 + b"</gpx>"
    if what == "attributes":
        return b"<gpx>" + b'<a b="1" c="1" d="1"/>' * 470_000 + b"</gpx>"
    if what == "points":
        return b"<gpx><trk><trkseg>" + b'<trkpt lat="1" lon="1"/>' * 200_000 + b"</trkseg></trk></gpx>"
    return b"<gpx>" + b" " * gpx.MAX_BYTES + b"</gpx>"


@pytest.mark.parametrize("what", ["depth", "attribute", "elements", "attributes", "points", "bytes"])
def test_floods_are_refused_in_time_and_room(what):
    data = flood(what)
    before, started = peak(), time.process_time()
    refused(data)
    assert time.process_time() - started < 2.0
    assert peak() - before < 220_000  # kB


def test_fifty_thousand_points_are_read_and_measured_in_time():
    points = "".join(f'<trkpt lat="{51 + i / 1e6:.6f}" lon="-0.1"><ele>{i % 70}</ele></trkpt>' for i in range(50_000))
    data = f"<gpx {GPX11}><trk><trkseg>{points}</trkseg></trk></gpx>".encode()
    started = time.process_time()
    assert geometry.measure(gpx.read(data)).points == 50_000
    assert time.process_time() - started < 2.0
