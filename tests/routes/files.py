"""GPX files for the tests, written by hand."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from routes.domain import gpx

GPX11 = 'version="1.1" creator="tests" xmlns="http://www.topografix.com/GPX/1/1"'
DATA = Path(__file__).resolve().parent.parent / "data"
LOOP = DATA / "kensington-round-pond.gpx"


def _recorded() -> list[object]:
    """Ours, and what real devices wrote; those lie in `shared/data/gpx` beside the repository and not in it."""
    found = next((found for up in DATA.parents if (found := sorted(up.glob("shared/data/gpx/*.gpx")))), None)
    absent = pytest.param(None, id="absent", marks=pytest.mark.skip(reason="no shared/data/gpx beside the repository"))
    return [pytest.param(path, id=path.stem) for path in [LOOP, *(found or [])]] + ([] if found else [absent])


RECORDED = _recorded()


def track(points: Sequence[tuple[object, object, object]], name: str = "", inside: str = "", also: str = "") -> bytes:
    """A file with one track; `inside` stands in each point, `also` beside the track."""
    body = "".join(
        f'<trkpt lat="{lat}" lon="{lon}">{"" if ele is None else f"<ele>{ele}</ele>"}{inside}</trkpt>'
        for lat, lon, ele in points
    )
    named = f"<name>{name}</name>" if name else ""
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<gpx {GPX11}>{also}<trk>{named}<trkseg>{body}</trkseg></trk></gpx>'
    ).encode()


def track_of(data: bytes) -> gpx.Track:
    """The track in a file."""
    return gpx.read(data)
