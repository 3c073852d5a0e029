"""GPX out: valid, readable by others and by us, and silent about people."""

import re

import gpxpy
import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from routes.domain import gpx, gpx_out
from routes.domain.gpx import Point, Track
from routes.domain.gpx_out import Place
from tests.routes.files import DATA, RECORDED

SCHEMA = etree.XMLSchema(etree.parse(DATA / "gpx11.xsd"))


def valid(data: bytes) -> bytes:
    SCHEMA.assertValid(etree.fromstring(data))
    return data


LAKE = Track(
    parts=((Point(51.5, -0.16, 20.0), Point(51.501, -0.16)), (Point(51.502, -0.16, 21.5), Point(51.503, -0.16, 22.0))),
    name="Round the lake",
    waypoints=(Point(51.5005, -0.161),),
)
PLACES = (
    Place(Point(51.5, -0.16, 20.0), "Meeting point", "By the iron gate,\nunder the plane tree", "meeting point"),
    Place(Point(51.503, -0.16), "Exit <north> & café", kind="exit"),
)


def test_another_program_reads_the_same_path_and_places():
    opened = gpxpy.parse(valid(gpx_out.write(LAKE, PLACES)).decode())
    found = [[(p.latitude, p.longitude, p.elevation) for p in part.points] for part in opened.tracks[0].segments]
    assert found == [[tuple(point) for point in part] for part in LAKE.parts]
    assert opened.tracks[0].name == "Round the lake"
    told = [(w.latitude, w.longitude, w.elevation, w.name, w.description, w.type) for w in opened.waypoints]
    assert told == [
        (51.5, -0.16, 20.0, "Meeting point", "By the iron gate, under the plane tree", "meeting point"),
        (51.503, -0.16, None, "Exit <north> & café", None, "exit"),
        (51.5005, -0.161, None, None, None, None),
    ]


def test_there_are_no_times_no_people_and_nothing_else():
    data = gpx_out.write(LAKE, PLACES)
    tags = set(re.findall(r"<(\w+)", data.decode()))
    assert tags == {"gpx", "wpt", "ele", "name", "desc", "type", "trk", "trkseg", "trkpt"}
    assert b'creator="Alongside"' in data


@pytest.mark.parametrize("path", RECORDED)
def test_what_came_in_goes_out(path):
    try:
        track = gpx.read(path.read_bytes())
    except gpx.GpxProblem:
        pytest.skip("holds no path")
    again = gpx.read(valid(gpx_out.write(track)))
    assert (again.parts, again.waypoints, again.name) == (track.parts, track.waypoints, track.name)


def test_the_antimeridian_has_one_number_and_small_numbers_no_exponent():
    data = valid(gpx_out.write(Track(((Point(90.0, 180.0), Point(-1e-7, 5e-324, -0.0)),))))
    assert b'lon="-180.0"' in data and b'lat="-0.0000001"' in data
    assert gpx.read(data).points == (Point(90, -180), Point(-1e-7, 5e-324, 0.0))


def test_letters_that_xml_forbids_are_left_out():
    odd = Track(LAKE.parts, name="Lake\x00\x0b\ud800\ufffe loop")
    assert gpx.read(valid(gpx_out.write(odd, [Place(LAKE.points[0], "\x1b[31m", "\u202e")]))).name == "Lake loop"


POINTS = st.builds(
    Point,
    st.floats(-90, 90),
    st.floats(-180, 180, exclude_max=True),
    st.none() | st.floats(gpx.LOWEST, gpx.HIGHEST),
)
TRACKS = st.builds(
    Track,
    parts=st.lists(st.lists(POINTS, min_size=2, max_size=8).map(tuple), min_size=1, max_size=4).map(tuple),
    waypoints=st.lists(POINTS, max_size=3).map(tuple),
)


@given(track=TRACKS, name=st.text(max_size=30), words=st.text(max_size=60))
def test_every_path_is_written_validly_and_read_as_it_was(track, name, words):
    again = gpx.read(valid(gpx_out.write(track, [Place(track.points[0], name, words)])))
    assert again.parts == track.parts
    assert again.waypoints == (track.points[0], *track.waypoints)
