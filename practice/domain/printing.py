"""Papers: a template and what it says in, PDF bytes out, on the practice's letterhead."""

import unicodedata
from collections.abc import Sequence
from typing import Any

from django.template.loader import render_to_string

from practice.models import Practice


def pdf(template: str, context: dict[str, Any]) -> bytes:
    """Print a template that extends `pdf/base.html`.

    The context may bring `document_id`, `private_for` (a name) and `practice`; without the last, the practice's row
    is used. The paper (A4 or US Letter) follows the practice's country. Nothing is fetched while printing.
    """
    return one_page(template, context, sizes=())


def one_page(template: str, context: dict[str, Any], *, sizes: Sequence[str]) -> bytes:
    """Print it on one page, in the first of the sizes (`size` in the template) that fits; the last one goes anyway."""
    from practice.domain import press

    practice = context.get("practice") or Practice.load()
    for size in sizes[:-1]:
        html = render_to_string(template, {**context, "practice": practice, "size": size})
        try:
            return press.printed(html, country=practice.country, at_most=1)
        except press.TooLong:
            continue
    html = render_to_string(template, {**context, "practice": practice, "size": sizes[-1] if sizes else ""})
    return press.printed(html, country=practice.country)


def undrawn(text: str) -> list[str]:
    """What of a text cannot be printed, as “U+1A20 TAI THAM LETTER HIGH KA”: whoever reads the paper sees that it is
    there."""
    from practice.domain import press

    return [f"U+{ord(sign):04X} {unicodedata.name(sign, '')}".strip() for sign in press.undrawn(text)]
