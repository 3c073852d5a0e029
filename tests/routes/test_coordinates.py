"""A path typed as a list: everything that people write, and a line number with every refusal."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routes.domain import coordinates, gpx
from routes.domain.gpx import Point, Track

THERE = (51.5073, -0.1657, None)
SECONDS = (51 + 30 / 60 + 26.3 / 3600, -(0 + 9 / 60 + 56.5 / 3600), None)
NEXT = "51.5074, -0.1658"


def first(line: str) -> Point:
    (part,) = coordinates.read(f"{line}\n\t\n").parts if "\n" in line else coordinates.read(f"{line}\n{line}").parts
    return part[0]


@pytest.mark.parametrize(
    ("line", "point"),
    [
        ("51.5073, -0.1657", THERE),
        ("51.5073,-0.1657", THERE),
        ("51.5073 -0.1657", THERE),
        ("51.5073; -0.1657", THERE),
        ("  51.5073\t−0.1657  ", THERE),
        ("+51.5073, -0.1657,", THERE),
        ("51,5073; -0,1657", THERE),
        ("51,5073 -0,1657", THERE),
        ("51,5073, -0,1657", THERE),
        ("51.5073 N 0.1657 W", THERE),
        ("51.5073N, 0.1657W", THERE),
        ("51.5073° n; 0.1657° w", THERE),
        ("N51.5073 W0.1657", THERE),
        ("N 51.5073°, W 0.1657°", THERE),
        ("0.1657 W, 51.5073 N", THERE),
        ("51,5073 N 0,1657 W", THERE),
        ("51°30'26.3\"N 0°9'56.5\"W", SECONDS),
        ("51° 30′ 26.3″ N, 0° 9′ 56.5″ W", SECONDS),
        ("51°30’26,3”N 0°9’56,5”W", SECONDS),
        ("51 30 26.3 N 0 9 56.5 W", SECONDS),
        ("51 30 26.3; -0 9 56.5", SECONDS),
        ("51°30'26.3\", -0°9'56.5\"", SECONDS),
        ("51°30'26.3\" -0°9'56.5\"", SECONDS),
        ("51:30:26.3 N 0:09:56.5 W", SECONDS),
        ("N51 30.5 W0 9.75", (51 + 30.5 / 60, -(9.75 / 60), None)),
        ("33 52 S 151 12 E", (-(33 + 52 / 60), 151.2, None)),
        ("51.5073, -0.1657, 23", (51.5073, -0.1657, 23.0)),
        ("51.5073 -0.1657 23.5 m", (51.5073, -0.1657, 23.5)),
        ("51.5073; -0.1657; -4", (51.5073, -0.1657, -4.0)),
        ("51,5073; -0,1657; 23,5", (51.5073, -0.1657, 23.5)),
        ("51,5073 -0,1657 23", (51.5073, -0.1657, 23.0)),
        ("51.5073 N 0.1657 W 23", (51.5073, -0.1657, 23.0)),
        ("N51.5073, W0.1657, 23m", (51.5073, -0.1657, 23.0)),
        ("51°30'26.3\" -0°9'56.5\", 23", (*SECONDS[:2], 23.0)),
        ("51, 3", (51.0, 3.0, None)),
        ("51 3 20", (51.0, 3.0, 20.0)),
        ("-0, -0", (0.0, 0.0, None)),
        ("90 180", (90.0, 180.0, None)),
    ],
)  # fmt: skip
def test_what_people_write(line, point):
    found = first(line)
    assert found[:2] == pytest.approx(point[:2], abs=1e-9)
    assert found.ele == point[2]


UNREADABLE, AMBIGUOUS, NOWHERE = "could not be read", "a comma could part two numbers", "nowhere on Earth"


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("by the gate", UNREADABLE),
        ("51.5073", UNREADABLE),
        ("51.5073, -0.1657, 23, 4", UNREADABLE),
        ("51.5073, --0.1657", UNREADABLE),
        ("51.5073, 1e1", UNREADABLE),
        ("51.5073, NaN", UNREADABLE),
        ("51.5073, inf", UNREADABLE),
        ("51.5073, ٤", UNREADABLE),
        ("51.5073, 1_0", UNREADABLE),
        ("51.5 N 51.6 N", UNREADABLE),
        ("51.5 N 0.1", UNREADABLE),
        ("51.5 N 0.1 O", UNREADABLE),
        ("51.5073, -0.1657, high", UNREADABLE),
        ("51.5073, -0.1657" + " " * 90 + "23", UNREADABLE),
        ("51,5073,-0,1657", AMBIGUOUS),
        ("51,3", AMBIGUOUS),
        ("51,3,10", AMBIGUOUS),
        ("51,5 3", AMBIGUOUS),
        ("51,5 -0.16", AMBIGUOUS),
        ("51.5, -0,16", AMBIGUOUS),
        ("N51,W0,23", AMBIGUOUS),
        ("51,5,2; 3", AMBIGUOUS),
        ("91, 0", NOWHERE),
        ("0, 181", NOWHERE),
        ("151.2, -33.9", NOWHERE),
        ("9" * 40 + ", 0", NOWHERE),
        ("51 60 0 N 0 9 0 W", "less than 60"),
        ("51.5 30 N 0 9 W", "less than 60"),
        ("-51.5 N 0.1 W", "both a sign and a letter"),
        ("51.5, -0.1, 9001", "the height must lie"),
        ("51.5, -0.1, -501", "the height must lie"),
    ],
)
def test_a_line_that_is_no_point_is_named(line, words):
    with pytest.raises(gpx.GpxProblem) as problem:
        coordinates.read(f"{NEXT}\n{NEXT}\n{line}\n{NEXT}")
    sentence = str(problem.value)
    assert "ine 3" in sentence and words in sentence and "{" not in sentence


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "at least two points"),
        ("\n \n", "at least two points"),
        (NEXT, "at least two points"),
        (f"{NEXT}\n" * 5_001, "more than 5,000 points"),
        (f"{NEXT}\n\n{NEXT}\n{NEXT}", "Line 1 stands alone"),
        (f"{NEXT}\n51.6, -0.1", "Point 2 is more than 5 km from the point before it"),
        (f"{NEXT}\n{NEXT}\n\n{NEXT}\n51.6, -0.1", "Point 4 is more than 5 km"),
        (f"{NEXT}\n{NEXT}\n\n\n{NEXT}", "Line 5 stands alone"),
    ],
)
def test_a_list_that_is_no_path_says_why(text, words):
    with pytest.raises(gpx.GpxProblem) as problem:
        coordinates.read(text)
    assert words in str(problem.value)


def test_an_empty_line_is_a_gap_and_lines_may_end_as_they_like():
    found = coordinates.read(f"\n\n{NEXT}\r\n51.5075, -0.1659\r\n\r\n\r\n51.9, -0.1\r\n51.9001, -0.1\r\n\r\n")
    assert [len(part) for part in found.parts] == [2, 2]


@st.composite
def kept_paths(draw):
    """As a record keeps them: seven digits, heights to a decimetre."""
    start = draw(st.floats(-89, 89)), draw(st.floats(-179, 179))
    near = st.builds(
        lambda north, east, ele: Point(
            round(start[0] + north, 7), round(start[1] + east, 7), None if ele is None else round(ele, 1)
        ),
        st.floats(-0.01, 0.01),
        st.floats(-0.01, 0.01),
        st.none() | st.floats(gpx.LOWEST, gpx.HIGHEST),
    )
    parts = st.lists(st.lists(near, min_size=2, max_size=6).map(tuple), min_size=1, max_size=3).map(tuple)
    return Track(draw(parts))


@given(track=kept_paths())
def test_what_is_written_out_for_editing_is_read_as_it_was(track):
    assert coordinates.read(coordinates.text_of(track)) == track


def test_the_text_is_short():
    track = Track(((Point(51.5, -0.1657, 20.0), Point(51.0, 0.0)),))
    assert coordinates.text_of(track) == "51.5, -0.1657, 20\n51, 0"


@given(text=st.text(alphabet="0123456789.,;-+ \nNSEWm°'\"", max_size=60))
def test_no_text_breaks_it(text):
    try:
        found = coordinates.read(text)
    except gpx.GpxProblem as problem:
        assert str(problem).endswith(".")
    else:
        assert all(-90 <= point.lat <= 90 and -180 <= point.lon <= 180 for point in found.points)
