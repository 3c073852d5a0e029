"""Writing a route as GPX 1.1, for a watch or a walking app: the path and its places, no times and no people."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from lxml import etree

from routes.domain.gpx import Point, Track, clean

_SPACE = "http://www.topografix.com/GPX/1/1"


@dataclass(frozen=True, slots=True)
class Place:
    """A place with words: the meeting point, an exit, where to turn back. `kind` is one word for what it is."""

    point: Point
    name: str
    words: str = ""
    kind: str = ""


def write(track: Track, places: Iterable[Place] = ()) -> bytes:
    """The file. Reading it again gives the same path: numbers are written out in full."""
    root = etree.Element("gpx", {"version": "1.1", "creator": "Alongside"}, nsmap={None: _SPACE})
    for place in places:
        spot = _point(root, "wpt", place.point)
        _texts(spot, name=place.name, desc=place.words, type=place.kind)
    for point in track.waypoints:
        _point(root, "wpt", point)
    line = etree.SubElement(root, "trk")
    _texts(line, name=track.name)
    for part in track.parts:
        piece = etree.SubElement(line, "trkseg")
        for point in part:
            _point(piece, "trkpt", point)
    data: bytes = etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)
    return data


def _point(parent: Any, tag: str, point: Point) -> Any:
    """In the schema the antimeridian is -180 only."""
    lon = -180.0 if point.lon == 180.0 else point.lon
    found = etree.SubElement(parent, tag, lat=_number(point.lat), lon=_number(lon))
    if point.ele is not None:
        etree.SubElement(found, "ele").text = _number(point.ele)
    return found


def _texts(parent: Any, **texts: str) -> None:
    """Texts in the order of the schema; empty ones are left out."""
    for tag, text in texts.items():
        if words := clean(text):
            etree.SubElement(parent, tag).text = words


def _number(number: float) -> str:
    """All digits and no exponent, which the schema does not know."""
    return f"{Decimal(repr(float(number))):f}"
