"""A text that is begun here: one of the practice's own, or one more language of a text that is there.

Words in another language than the text's are marked as to be translated: a line of two words or more that still stands
as it was keeps the text from being published. A single word may be the same in both.
"""

import hashlib
from collections.abc import Collection

from django.db import transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _

from clients.domain import consent_checklist, consent_drafts, consent_files
from clients.domain.consent_drafts import Sheet, Stale
from clients.domain.consent_files import Draft
from practice.models import User

LONGEST_KEY = 40


class Taken(Exception):
    """There is such a text already; nothing was written."""


@transaction.atomic
def begin(title: str, *, modes: Collection[str], language: str, by: User) -> Sheet:
    """A text of the practice's own, with the headings that the checklist needs and no words. Raises Taken.

    What is said about a screen and at the signature, and the plan where there is one, are those of the text that came
    with the product for the same way of meeting.
    """
    key = slugify(title)[:LONGEST_KEY].strip("-") or f"text-{hashlib.sha256(title.encode()).hexdigest()[:8]}"
    if consent_drafts.sheets(key=key):
        raise Taken
    points = consent_checklist.needed(modes)
    clauses = [{"key": one.key, "heading": _(one.name), "words": "", "only": one.only} for one in points]
    like = _like(modes, language)
    shared = {name: like.body[name] for name in ("disclosure", "signing", "plan") if name in like.body}
    body = {"draft": True, "note": "", "covers": "", "not_covered": "", "sentences": [], "clauses": clauses}
    foreign = [] if language == "en" else [clause["heading"] for clause in clauses]
    foreign += [] if like.language == language else list(consent_files.strings(shared))
    body |= shared | ({consent_files.TO_TRANSLATE: consent_files.lines(foreign)} if foreign else {})
    return _keep(Draft(key, language, title, tuple(modes), body), by=by)


def _like(modes: Collection[str], language: str) -> Draft:
    """The nearest of the texts that came with the product: in the language first, then for the same."""
    return max(
        consent_files.shipped(),
        key=lambda one: (one.language == language, one.language == "en", len(set(modes) & set(one.modes))),
    )


@transaction.atomic
def begin_language(key: str, *, language: str, by: User) -> Sheet:
    """The text as it stands in English, or in the first language that it has, to be translated. Raises Taken."""
    there = consent_drafts.sheets(key=key)
    if not there or language in (sheet.draft.language for sheet in there):
        raise Taken
    first = there[0].draft
    whole = [first.title, *consent_files.strings(dict(first.body))]
    body = {**first.body, "draft": True, consent_files.TO_TRANSLATE: consent_files.lines(whole)}
    return _keep(Draft(key, language, first.title, first.modes, body), by=by)


def _keep(draft: Draft, *, by: User) -> Sheet:
    try:
        return consent_drafts.save(draft, stamp=draft.sha256, by=by)
    except Stale as stale:
        raise Taken from stale
