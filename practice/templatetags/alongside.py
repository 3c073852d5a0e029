"""What templates of Alongside may say beyond HTML: icons, the mark, and the few sums that drawings need."""

import re
from collections.abc import Iterable
from datetime import date, datetime
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from django import template
from django.template.context import Context
from django.templatetags.static import static
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from practice.domain import crisis, reply_address, words
from practice.models import Mode

register = template.Library()
register.filter("apart", words.apart)
register.filter("city", words.city)

SPRITE = Path(__file__).resolve().parent.parent / "static/practice/icons.svg"
WORST_FIRST = ("stop", "look", "note", "ok")
MOSS = "#2b6a4b"
NAMELESS = SafeString('aria-hidden="true"')
USE = '<use href="{}#{}"></use>'
SVG = (
    '<svg class="icon" viewBox="0 0 24 24" width="20" height="20" fill="none" stroke="{}" stroke-width="2"'
    ' stroke-linecap="round" stroke-linejoin="round" {} focusable="false">{}</svg>'
)
MOOD_STEP, MOOD_EDGE = 22, 14


@cache
def drawings() -> dict[str, SafeString]:
    """Return every icon of the sprite by name; the file is ours, so its strokes are safe to write out."""
    found = re.findall(r'<symbol id="([^"]+)"[^>]*>(.*?)</symbol>', SPRITE.read_text())
    return {name: SafeString(strokes) for name, strokes in found}


@register.simple_tag(takes_context=True)
def icon(context: Context, name: str, label: str = "", inline: bool = False) -> SafeString:
    """Draw one icon of the sprite; silent beside a word, named by `label` when it stands alone.

    `inline=True` writes the strokes themselves, in moss, for papers: they load no files and know no text colour. On a
    page by link they are written out too, for a slow line need not fetch a hundred to show six.
    An unknown name draws a circle.
    """
    named = format_html('role="img" aria-label="{}"', label) if label else NAMELESS
    return _drawn(name, named, inline, bool(inline or context.get("by_link")))


@lru_cache(maxsize=1000)
def _drawn(name: str, named: SafeString, inline: bool, written_out: bool) -> SafeString:
    known = name if name in drawings() else "circle"
    inside = drawings()[known] if written_out else format_html(USE, static("practice/icons.svg"), known)
    return format_html(SVG, MOSS if inline else "currentColor", named, inside)


@register.simple_tag(takes_context=True)
def lines_for_help(context: Context) -> list[crisis.Line]:
    """Return who answers at any hour where this practice is; a page may bring its own as `crisis_lines`."""
    own: list[crisis.Line] | None = context.get("crisis_lines")
    return own or crisis.lines(getattr(context.get("practice"), "country", ""))


@register.simple_tag
def mail_is_received() -> bool:
    """Return whether an answer to a mail reaches anybody; each mail says so when it does not."""
    return reply_address.can_receive()


def tone(chip: Any) -> str:
    """Return the tone of a chip, which may be a mapping or an object."""
    return str(chip.get("tone", "ok") if isinstance(chip, dict) else getattr(chip, "tone", "ok"))


@register.filter
def worst_first(chips: Iterable[Any]) -> list[Any]:
    """Sort chips: what stops, what needs a look, what is good to know, what is well."""
    return sorted(chips or [], key=lambda chip: WORST_FIRST.index(tone(chip)) if tone(chip) in WORST_FIRST else 2)


@register.filter
def all_ok(chips: Iterable[Any]) -> bool:
    """True when nothing on the strip needs a look."""
    chips = list(chips or [])
    return bool(chips) and all(tone(chip) == "ok" for chip in chips)


@register.filter
def urgent(chips: Iterable[Any]) -> list[Any]:
    """Keep what stops: it is read before the day is."""
    return [chip for chip in chips or [] if tone(chip) == "stop"]


@register.filter
def not_urgent(chips: Iterable[Any]) -> list[Any]:
    """Keep what can be read after the day."""
    return [chip for chip in chips or [] if tone(chip) != "stop"]


@register.filter
def mood_x(value: float) -> float:
    """Place a 0 to 10 answer on the 248 wide mood drawing."""
    return MOOD_EDGE + MOOD_STEP * min(max(float(value), 0), 10)


@register.filter
def way(parts: int) -> list[dict[str, float]]:
    """Lay k stations along the 420 wide footpath, gently up and down, as {n, x, y, x1, y1, cx1, cx2} of each leg."""
    count = max(int(parts), 1)
    step = (420 - 24) / max(count - 1, 1)
    at = [{"n": n + 1, "x": round(12 + n * step, 1), "y": (22, 27, 16)[n % 3]} for n in range(count)]
    legs = zip(at, [*at[1:], at[-1]], strict=True)
    return [a | {"x1": b["x"], "y1": b["y"], "cx1": round(a["x"] + step / 2, 1)} for a, b in legs]


@register.filter
def begins(path: str | None, start: str) -> bool:
    """True when an address lies at or below another."""
    return (path or "").startswith(start)


@register.filter
def in_the_rail(path: str) -> str:
    """An address as the rail knows it: what is kept for the whole practice belongs there, wherever it lies."""
    return reverse("practice:team") + path if path.startswith(_of_the_practice()) else path


@cache
def _of_the_practice() -> tuple[str, ...]:
    names = (
        "practice:cover", "practice:arrivals", "practice:routes", "practice:services", "practice:holidays",
        "practice:messages", "practice:final_word", "practice:asking", "clients:rules", "clients:instruments",
    )  # fmt: skip
    return tuple(map(reverse, names))


@register.filter
def ways(modes: Iterable[str]) -> str:
    """“walking, in the room”: ways to meet in words."""
    return ", ".join(str(Mode(mode).label) for mode in modes)


@register.filter
def times(count: int) -> range:
    """Repeat a piece of a template."""
    return range(int(count))


@register.filter
def when(value: datetime, zone: str) -> str:
    """“Thursday 8 October, 14:00” in a zone."""
    return words.when(value, zone)


@register.filter
def clock(value: datetime, zone: str) -> str:
    """“14:00” in a zone."""
    return words.clock(value, zone)


@register.filter(expects_localtime=True)
def day(value: date) -> str:
    """“Thursday 8 October”."""
    return words.day(value)


@register.filter(expects_localtime=True)
def short_day(value: date) -> str:
    """“8 Oct 2026”."""
    return words.short_day(value)
