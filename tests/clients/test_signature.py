"""A drawn name: what the pad draws comes in as numbers; everything else stays outside."""

import pytest

from clients.domain import signature

HEAD = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 348 180" width="348" height="180">'
INK = 'stroke-width="2.250" stroke="#1d2a24" fill="none" stroke-linecap="round"'
CURVE = f'<path d="M 30.000,90.000 C 31.951,93.738 32.000,93.711 84.000,97.422" {INK}></path>'
DOT = '<circle r="1.7" cx="300" cy="60.5" fill="#1d2a24"></circle>'
DRAWN = f"{HEAD}{CURVE}{DOT}</svg>"


def test_strokes_become_numbers_and_paths_of_our_own():
    drawing = signature.read(DRAWN)
    assert (drawing.width, drawing.height) == (348, 180)
    assert drawing.strokes[0] == signature.Stroke("M30.0 90.0C32.0 93.7 32.0 93.7 84.0 97.4", "2.2")
    assert drawing.strokes[1].d == "M300.0 60.5h0.1"
    assert signature.Drawing.from_json(drawing.to_json()) == drawing


@pytest.mark.parametrize(
    "svg",
    [
        "",
        "<svg></svg>",
        f"{HEAD}</svg>",
        f"{HEAD}{DOT}</svg>",
        f"{HEAD}{CURVE}",
        f"{DRAWN}<script>alert(1)</script>",
        f"{HEAD}<script>alert(1)</script>{CURVE}</svg>",
        f"{HEAD}{CURVE.replace('fill=', 'onload=')}</svg>",
        DRAWN.replace("#1d2a24", "url(javascript:1)"),
        DRAWN.replace("30.000", "NaN"),
        DRAWN.replace("30.000", "9" * 400),
        DRAWN.replace('width="348"', 'width="348" onload="x"'),
        f'<!DOCTYPE svg [<!ENTITY a "aaaa">]>{DRAWN}',
        DRAWN.replace("348 180", "0 0"),
        DRAWN.replace("348", "641"),
        DRAWN.replace("180", "241"),
        f"{HEAD}{CURVE * 3000}</svg>",
        "data:image/png;base64,AAAA",
        DRAWN + " ",
    ],
)
def test_anything_else_is_refused(svg):
    with pytest.raises(signature.NotASignature):
        signature.read(svg)


FAR = CURVE.replace("30.000,90.000", "5000,90").replace("31.951", "5010").replace("32.000", "5020")
SPECKS = '<circle r="1.7" cx="10" cy="10" fill="#1d2a24"></circle>' + DOT


@pytest.mark.parametrize(
    "ink",
    [
        FAR.replace("84.000", "5090"),
        CURVE.replace("90.000", "190").replace("93.738", "190").replace("93.711", "190").replace("97.422", "190"),
        SPECKS,
        CURVE + DOT.replace("1.7", "0"),
        CURVE + DOT.replace("1.7", "-1.7"),
        CURVE.replace("84.000", "64.000"),
    ],
    ids=["outside", "below", "specks", "no dot", "less than a dot", "short"],
)
def test_ink_that_nobody_sees_or_too_little_of_it_is_no_name(ink):
    with pytest.raises(signature.NotASignature):
        signature.read(f"{HEAD}{ink}</svg>")


def test_a_line_is_never_thinner_than_the_pad_draws_one():
    drawing = signature.read(f"{HEAD}{CURVE.replace('2.250', '0.1')}{DOT.replace('1.7', '0.01')}</svg>")
    assert [stroke.width for stroke in drawing.strokes] == ["0.8", "0.8"]


def test_what_runs_over_the_edge_is_a_name_when_enough_is_on_the_pad():
    assert signature.read(f"{HEAD}{CURVE}{FAR}</svg>")
