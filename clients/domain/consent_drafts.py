"""Texts as the practice keeps them: one draft a text and language, changed as often as one likes, then published.

Until somebody changes it, the draft of a text is the file that came with the product, or else its newest version; so a
file that is new stands there as a draft at once. What was changed here is the practice's own, and a later file leaves
it alone. A draft may be unfinished; a version may not. The form carries the fingerprint of what it was filled from:
when the draft is another meanwhile, nothing is written and the person is told.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from clients.domain import consent_checklist, consent_files, consent_texts
from clients.domain.consent_files import Draft
from clients.domain.names import has_words
from clients.models import ConsentDraft, ConsentText
from practice.models import User


class Stale(Exception):
    """Somebody changed the draft meanwhile; nothing was written. `sheet` is what stands there now."""

    def __init__(self, sheet: "Sheet") -> None:
        super().__init__(sheet.draft.key)
        self.sheet = sheet


class NotReady(Exception):
    """What keeps it from being published; `reasons` are sentences."""

    def __init__(self, reasons: list[str]) -> None:
        super().__init__(*reasons)
        self.reasons = reasons


@dataclass(frozen=True, slots=True)
class Sheet:
    """One text in one language: its draft, who changed it last, and its newest version."""

    draft: Draft
    row: ConsentDraft | None
    newest: ConsentText | None

    @property
    def stamp(self) -> str:
        """What a form was filled from."""
        return self.draft.sha256

    @property
    def is_changed(self) -> bool:
        """True when the draft says something that no version says yet."""
        return self.newest is None or self.newest.sha256 != self.draft.as_version.sha256

    @property
    def is_shipped(self) -> bool:
        """True when a text of this name came with the product in this language."""
        return any((one.key, one.language) == (self.draft.key, self.draft.language) for one in consent_files.shipped())


def sheets(**named: str) -> list[Sheet]:
    """Every text of the practice, or of this `key`, by key, English first. Two queries."""
    return sorted(_sheets(**named), key=lambda one: (one.draft.key, one.draft.language != "en", one.draft.language))


def older_beside(made: ConsentText) -> list[ConsentText]:
    """The newest versions of the same text in other languages that have a lower number: nothing followed there yet."""
    found = [sheet.newest for sheet in sheets(key=made.key)]
    return [one for one in found if one and one.language != made.language and one.version < made.version]


def find(key: str, language: str) -> Sheet | None:
    """One text in one language; None when there is none of that name."""
    return next(_sheets(key=key, language=language), None)


def _sheets(**named: str) -> Iterator[Sheet]:
    versions = ConsentText.objects.filter(**named).order_by("key", "language", "-version").distinct("key", "language")
    newest = {(one.key, one.language): one for one in versions.select_related("published_by")}
    rows = {(one.key, one.language): one for one in ConsentDraft.objects.filter(**named).select_related("edited_by")}
    drafts = {at: as_draft(text) for at, text in newest.items()}
    for file in consent_files.shipped():
        if named.items() <= {"key": file.key, "language": file.language}.items():
            drafts[file.key, file.language] = file
    drafts |= {at: as_draft(row) for at, row in rows.items()}
    for at, draft in drafts.items():
        yield Sheet(draft, rows.get(at), newest.get(at))


def as_draft(kept: ConsentDraft | ConsentText) -> Draft:
    """The words of a row."""
    return Draft(kept.key, kept.language, kept.title, tuple(kept.modes), kept.body)


@transaction.atomic
def save(draft: Draft, *, stamp: str, by: User, at: datetime | None = None) -> Sheet:
    """Keep what was typed in the place of the draft with this fingerprint. Raises Stale.

    The very words that stand there already are kept once, whoever typed them.
    """
    stands = find(draft.key, draft.language)
    if stands and stands.stamp == draft.sha256:
        return stands
    row = _locked(stands, draft, by=by)
    now = as_draft(row).sha256
    if now not in (stamp, draft.sha256):
        raise Stale(Sheet(as_draft(row), row, stands.newest if stands else None))
    row.title, row.modes, row.body = draft.title, list(draft.modes), dict(draft.body)
    row.edited_by, row.edited_at = by, at or timezone.now()
    row.save(update_fields=["title", "modes", "body", "edited_by", "edited_at"])
    return Sheet(draft, row, stands.newest if stands else None)


def _locked(stands: Sheet | None, draft: Draft, *, by: User) -> ConsentDraft:
    """The row of this text, held until the transaction ends; begun from what stood for it when there was none."""
    first = stands.draft if stands else draft
    begun: dict[str, Any] = {"title": first.title, "modes": list(first.modes), "body": dict(first.body)}
    begun |= {"edited_by": by, "based_on": stands.newest if stands else None}
    rows = ConsentDraft.objects.select_for_update(of=("self",)).select_related("edited_by")
    return rows.get_or_create(key=draft.key, language=draft.language, defaults=begun)[0]


def reasons(sheet: Sheet) -> list[str]:
    """What keeps a draft from being published, in sentences; nothing when it can be."""
    draft = sheet.draft
    if not sheet.is_changed and sheet.newest:
        return [_("Nothing has changed since version %(n)s.") % {"n": sheet.newest.version}]
    found = [*_empty(draft), *_open_questions(draft.body.get("plan"))]
    empty, lacking = _("“%(name)s” is needed and has no words yet."), consent_files.lacking(draft)
    found += [empty % {"name": consent_checklist.name_of(key)} for key in lacking]
    stands = draft.as_version.body["clauses"]
    blank = [clause["key"] for clause in stands if not has_words(clause["words"])]
    beside = _("“%(name)s” has no words that can be read.")
    found += [beside % {"name": consent_checklist.name_of(key)} for key in blank if key not in lacking]
    foreign = _("“%(name)s” is still to be translated.")
    found += [foreign % {"name": name} for _key, name in consent_files.untranslated(draft)]
    seen_by_all = [clause for clause in stands if not clause["only"]]
    if seen_by_all and not has_words(seen_by_all[0]["heading"]):
        found.append(_("The first clause has no heading."))
    unnamed = _("“%(name)s” has to say who it is: {%(who)s}.")
    for key, who in consent_files.unnamed(draft):
        found.append(unnamed % {"name": consent_checklist.name_of(key), "who": who})
    unknown = _("“%(name)s” stands in braces and is not a name that can be filled in.")
    return found + [unknown % {"name": name} for name in consent_files.unknown_names(draft)]


def _empty(draft: Draft) -> Iterator[str]:
    body = draft.body
    parts = {
        _("The title is empty."): has_words(draft.title),
        _("Nothing is ticked under what the text is about."): draft.modes,
        _("It does not say what it is for."): has_words(body["covers"]),
        _("The plain page has no sentences."): _are_words(body["sentences"]),
        _("The part about reading on a screen is not whole."): all(map(_are_words, body["disclosure"].values())),
        _("The words at the signature are not whole."): all(map(_are_words, body["signing"].values())),
    }
    yield from (words for words, there in parts.items() if not there)


def _open_questions(plan: Mapping[str, Any] | None) -> Iterator[str]:
    """What is not whole in the plan for meeting somebody, where there is one."""
    if not plan:
        return
    if not has_words(plan["title"]):
        yield _("The plan for meeting somebody has no heading.")
    if not plan["questions"]:
        yield _("The plan for meeting somebody asks nothing.")
    for one in plan["questions"]:
        labels = [choice["label"] for choice in one["choices"]]
        said = [choice["said"] for choice in one["choices"]]
        if not has_words(one["label"]):
            yield _("A question for meeting somebody has no words.")
        elif not (len(set(labels)) == len(labels) > 1 and _are_words([*labels, *said])):
            words = _("“%(question)s” needs two different answers or more, each with the words that are read back.")
            yield words % {"question": one["label"]}
    if not all(map(_are_words, plan["sign"].values())) or consent_files.ANSWER not in plan["sign"]["said"]:
        yield _("The sign is not whole: it needs all of its words, and {answer} where it is read back.")


def _are_words(said: str | list[str]) -> bool:
    """Whether a sentence, or every one of several, can be read out."""
    lines = [said] if isinstance(said, str) else said
    return bool(lines) and all(has_words(line) for line in lines)


@transaction.atomic
def publish(sheet: Sheet, *, stamp: str, renews: bool, by: User, at: datetime | None = None) -> ConsentText:
    """Make the draft the next version, which never changes. Raises Stale, or NotReady with what is missing.

    `renews`: whether whoever signed an earlier version is to be asked again.
    """
    row = _locked(sheet, sheet.draft, by=by)
    now = find(row.key, row.language) or sheet
    if now.stamp != stamp:
        raise Stale(now)
    if open_points := reasons(now):
        raise NotReady(open_points)
    text = consent_texts.publish(now.draft.as_version, renews=renews, by=by, at=at)
    row.based_on = text
    row.save(update_fields=["based_on"])
    return text
