"""Papers: a template and what it says in, PDF bytes out, on the practice's letterhead."""

from typing import Any

from django.template.loader import render_to_string

from practice.models import Practice


def pdf(template: str, context: dict[str, Any]) -> bytes:
    """Print a template that extends `pdf/base.html`.

    The context may bring `document_id`, `private_for` (a name) and `practice`; without the last, the practice's row
    is used. The paper (A4 or US Letter) follows the practice's country. Nothing is fetched while printing.
    """
    from practice.domain import press

    practice = context.get("practice") or Practice.load()
    html = render_to_string(template, {**context, "practice": practice})
    return press.printed(html, country=practice.country)
