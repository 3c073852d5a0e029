"""Reading a GPX file (1.0 or 1.1) that a stranger may have made.

Kept: where the path goes and how high it is. Dropped on purpose: times, heart rates, names of points, devices and
everything else a recording tells about a person. Never trusted: size, depth, encodings, entities, numbers.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from math import isfinite
from typing import Any, NamedTuple, cast

from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy
from lxml import etree

MAX_BYTES = 10 * 1024 * 1024
MAX_POINTS = 50_000
MAX_PARTS = 200
"""Pieces of one path: one that lost its satellites more often is no walk to draw."""
MAX_NODES = 1_000_000
"""Parts that libxml2 may have to hold (elements, texts, attributes and theirs): about 125 MB at the very worst."""
LOWEST, HIGHEST = -500.0, 9000.0
"""Metres: a little below the Dead Sea's shore, a little above Everest."""

Words = str | Promise


class GpxProblem(Exception):
    """The file cannot become a route; `sentence` says why, in words for the person who chose it."""

    def __init__(self, sentence: Words) -> None:
        super().__init__(sentence)
        self.sentence = sentence

    def __str__(self) -> str:
        return str(self.sentence)


class Point(NamedTuple):
    """A tuple and not a dataclass: a file makes 50,000 of them, and these are made four times faster."""

    lat: float
    lon: float
    ele: float | None = None


@dataclass(frozen=True, slots=True)
class Track:
    """One line to walk, in one or more recorded parts. The gap between two parts is unknown, so nobody measures it."""

    parts: tuple[tuple[Point, ...], ...]
    name: str = ""
    waypoints: tuple[Point, ...] = ()
    warnings: tuple[Words, ...] = ()

    @property
    def points(self) -> tuple[Point, ...]:
        return tuple(point for part in self.parts for point in part)

    @property
    def has_elevation(self) -> bool:
        return any(point.ele is not None for part in self.parts for point in part)


def read(data: bytes) -> Track:
    """The track in `data`, or GpxProblem. Tracks win over planned routes; loose waypoints are only counted."""
    root = _parse(_text(data))
    space = root.tag[: root.tag.index("}") + 1] if root.tag.startswith("{") else ""
    if root.tag.removeprefix(space).lower() != "gpx":
        raise GpxProblem(_wrong_kind(root.tag.removeprefix(space)))
    reader = _Reader(space)
    parts, warnings = reader.line(root)
    waypoints = tuple(reader.points(root.iterchildren(f"{space}wpt")))
    if not parts:
        raise GpxProblem(_nothing_to_walk(waypoints))
    if reader.unknown_heights:
        warnings.append(
            format_lazy(
                ngettext_lazy(
                    "The height of {count} point makes no sense and was left out.",
                    "The heights of {count} points make no sense and were left out.",
                    reader.unknown_heights,
                ),
                count=reader.unknown_heights,
            )
        )
    track = Track(parts=tuple(parts), name=_name(root, space), waypoints=waypoints, warnings=tuple(warnings))
    if not track.has_elevation:
        track = replace(track, warnings=(*track.warnings, _("The file has no heights, so we cannot tell its slopes.")))
    return track


# ---------------------------------------------------------------------------------------------------------- the text

_DECLARED = re.compile(rb"""^\s*<\?xml[^>]{0,200}?encoding\s*=\s*["']([A-Za-z0-9._-]{1,40})["']""")
_ENCODINGS = {
    "utf-8": "utf-8",
    "utf8": "utf-8",
    "us-ascii": "utf-8",
    "ascii": "utf-8",
    "iso-8859-1": "iso-8859-1",
    "latin1": "iso-8859-1",
    "windows-1252": "cp1252",
    "utf-16": "utf-16",
}
_MARKS = (
    (b"\xff\xfe\x00\x00", None),
    (b"\x00\x00\xfe\xff", None),
    (b"\xef\xbb\xbf", "utf-8-sig"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
    (b"<\x00", "utf-16-le"),
    (b"\x00<", "utf-16-be"),
)
"""First bytes that settle the encoding; None is UTF-32, which no device writes."""

_NOT_XML = _("This is not a GPX file: it could not be read as XML. Export the walk again and choose GPX.")
TOO_BIG = _("This file is larger than 10 MB. Export a single walk, or one with fewer points.")


def _text(data: bytes) -> str:
    """The file as text, after everything that must be refused before an XML parser sees it.

    We decode ourselves, so that a DTD cannot hide from the scan in another encoding.
    """
    if len(data) > MAX_BYTES:
        raise GpxProblem(TOO_BIG)
    if not data.strip():
        raise GpxProblem(_("This file is empty."))
    try:
        text = data.decode(_encoding(data))
    except UnicodeDecodeError:
        raise GpxProblem(_NOT_XML) from None
    if "\x00" in text or not text.lstrip("\ufeff \t\r\n").startswith("<"):
        raise GpxProblem(_NOT_XML)
    lowered = text.lower()
    if "<!doctype" in lowered or "<!entity" in lowered:
        raise GpxProblem(
            _("This file carries document type instructions, which a GPX file never needs. We did not open it.")
        )
    elements, texts = text.count("<") - text.count("</"), text.count(">") - text.count("><")
    if elements + texts + 2 * text.count("=") > MAX_NODES:
        raise GpxProblem(_("This file holds far more than a walk. Export a single walk, or one with fewer points."))
    return text


def _encoding(data: bytes) -> str:
    unreadable = _("This file is saved in a text encoding that we do not read. Save it again as UTF-8.")
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            if encoding is None:
                raise GpxProblem(unreadable)
            return encoding
    if not (declared := _DECLARED.match(data)):
        return "utf-8"
    name = declared.group(1).decode("ascii").lower()
    if name not in _ENCODINGS:
        raise GpxProblem(unreadable)
    return _ENCODINGS[name]


def _parse(text: str) -> Any:
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
        collect_ids=False,
        encoding="utf-8",
    )
    try:
        return etree.fromstring(text.lstrip("\ufeff \t\r\n").encode("utf-8"), parser)
    except (etree.XMLSyntaxError, UnicodeEncodeError):
        raise GpxProblem(_NOT_XML) from None


def _wrong_kind(tag: str) -> Words:
    kinds = {"kml": "KML", "trainingcenterdatabase": "TCX", "html": "HTML", "osm": "OSM"}
    if kind := kinds.get(tag.lower()):
        return format_lazy(_("This is a {kind} file with another name. Export it again and choose GPX."), kind=kind)
    return _("This is XML, but not a GPX file. Export the walk again and choose GPX.")


def _nothing_to_walk(waypoints: tuple[Point, ...]) -> Words:
    if waypoints:
        return _("There are only single places in this file, no path. Export a track or a route.")
    return _("There is no path in this file: a walk needs at least two points.")


# -------------------------------------------------------------------------------------------------------- the points


class _Reader:
    """Walks the tree, keeps count of points (of everything, so that a flood stops early) and of heights left out."""

    def __init__(self, space: str) -> None:
        self.space = space
        self.ele = f"{space}ele"
        self.count = 0
        self.unknown_heights = 0

    def line(self, root: Any) -> tuple[list[tuple[Point, ...]], list[Words]]:
        warnings: list[Words] = []
        segments = [
            tuple(self.points(segment.iterchildren(f"{self.space}trkpt")))
            for track in root.iterchildren(f"{self.space}trk")
            for segment in track.iterchildren(f"{self.space}trkseg")
            if len(segment)
        ]
        planned = root.iterchildren(f"{self.space}rte")
        if any(len(part) > 1 for part in segments):
            if next(planned, None) is not None:
                warnings.append(_("The file also holds a planned route; we used what was recorded."))
        else:
            segments = [tuple(self.points(route.iterchildren(f"{self.space}rtept"))) for route in planned if len(route)]
        parts = [part for part in segments if len(part) > 1]
        if len(parts) > MAX_PARTS:
            raise GpxProblem(_("This path lies in more than 200 pieces. Export a single walk."))
        if len(parts) > 1:
            warnings.append(
                format_lazy(
                    _(
                        "The path came in {count} pieces. We put them in a row; the gaps between them are not "
                        "measured. Look at the map: is this one walk?"
                    ),
                    count=len(parts),
                )
            )
        if any(len(part) == 1 for part in segments) and parts:
            warnings.append(_("Pieces of a single point were left out."))
        return parts, warnings

    def points(self, elements: Iterator[Any]) -> Iterator[Point]:
        for element in elements:
            self.count += 1
            if self.count > MAX_POINTS:
                raise GpxProblem(
                    _("This file has more than 50,000 points. Export a single walk, or one with fewer points.")
                )
            lat, lon = _number(element.get("lat")), _number(element.get("lon"))
            if lat is None or lon is None or not (-90.0 <= lat <= 90.0 and -180.0 <= lon <= 180.0):
                raise GpxProblem(self._nowhere(element))
            yield Point(lat, lon, self._height(element))

    def _nowhere(self, point: Any) -> Words:
        return format_lazy(
            _("Point {number} has the position “{lat}, {lon}”, which is nowhere on Earth."),
            number=self.count,
            lat=clean((point.get("lat") or "?")[:20]),
            lon=clean((point.get("lon") or "?")[:20]),
        )

    def _height(self, point: Any) -> float | None:
        for found in point.iterchildren(self.ele):
            height = _number(found.text)
            if height is not None and LOWEST <= height <= HIGHEST:
                return height
            if found.text and found.text.strip():
                self.unknown_heights += 1
            break
        return None


def _number(written: str | None) -> float | None:
    """A number written as XML writes it, never -0; Python would also take `1_000` and the digits of other scripts."""
    if not written or len(written) > 400:
        return None
    try:
        number = float(written)
    except ValueError:
        return None
    if not written.isascii() or "_" in written or not isfinite(number):
        return None
    return number + 0.0


def clean(text: str) -> str:
    """On one line, without what no screen shows: control characters, marks that turn the direction of reading."""
    return " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())


_MACHINE_MADE = re.compile(
    r"(?i)^(active log|track|path|route|(untitled|unnamed|new) .*|[\d\s:.,T#Z/_-]+|\W*)[\s#\d]*$"
)
_DATED = re.compile(r"(?i)\b\d{1,2}-[a-z]{3}-\d{2,4}\b|\b\d{4}-\d{2}-\d{2}\b|\b\d{1,2}[:.]\d{2}\b")


def _name(root: Any, space: str) -> str:
    """A name to propose. Names that a device made up, or that tell when somebody walked, are not proposed."""
    for path in (f"{space}trk/{space}name", f"{space}rte/{space}name", f"{space}metadata/{space}name", f"{space}name"):
        for found in cast(list[Any], root.findall(path)):
            name = clean((found.text or "")[:400])[:80].strip()
            if name and not _MACHINE_MADE.match(name) and not _DATED.search(name):
                return name
    return ""
