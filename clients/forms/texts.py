"""Writing a text clause by clause, and making it a version."""

from collections.abc import Iterable
from typing import Any, ClassVar, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from clients.domain import consent_checklist
from clients.domain.consent_checklist import MINOR, TRAINEE, Point
from clients.domain.consent_files import Draft
from clients.domain.names import has_words
from clients.models import ConsentText
from practice.models import Scope

LONGEST_TITLE, LONGEST_LINE, LONGEST_PAGE, LONGEST_CLAUSE = 160, 300, 6000, 8000
NO_PLAN: dict[str, Any] = {"title": "", "questions": [], "sign": {"label": "", "help": "", "said": ""}}


def line(label: Any, longest: int = LONGEST_LINE, **more: Any) -> forms.CharField:
    """Some words, or none."""
    return _plain(forms.CharField(label=label, required=False, max_length=longest, **more))


def page(label: Any, rows: int, longest: int = LONGEST_PAGE, **more: Any) -> forms.CharField:
    """Some lines, or none."""
    area = forms.Textarea(attrs={"rows": rows})
    return _plain(forms.CharField(label=label, required=False, max_length=longest, widget=area, **more))


def _plain(field: forms.CharField) -> forms.CharField:
    """Written in either direction; and a browser would cut what is pasted without a word."""
    field.widget.attrs.pop("maxlength", None)
    field.widget.attrs["dir"] = "auto"
    return field


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if has_words(line)]


class TextForm(forms.Form):
    """Everything of a text but its clauses and the questions of its plan. Anything may be empty in a draft."""

    title = line(_("Title"), LONGEST_TITLE)
    about = forms.MultipleChoiceField(
        label=_("What it is about"), required=False, choices=Scope.choices, widget=forms.CheckboxSelectMultiple
    )
    minors = forms.BooleanField(label=_("It is for minors"), required=False)
    covers = line(_("For"), help_text=_("As it is read after “For”: walking and sitting outdoors."))
    not_covered = line(_("What it is not for"), help_text=_("A sentence: Not running."))
    sentences = page(
        _("Its sentences"), 12, help_text=_("One sentence a line, about ten: what somebody reads who reads no more.")
    )
    plan_title = line(_("Its heading"), LONGEST_TITLE)
    sign_label = line(_("What is asked about the sign"), LONGEST_TITLE)
    sign_help = line(_("The help beside it"))
    sign_said = line(_("The sign, as it is read back"), help_text=_("{answer} stands for what was typed."))
    disclosure_title = line(_("Its heading"))
    disclosure_points = page(_("What reading and signing on a screen means"), 6, help_text=_("One sentence a line."))
    accept = line(_("What is ticked"))
    act = line(_("The button"))
    meaning = page(_("What pressing it means"), 3, 1000)
    read = forms.BooleanField(label=_("A lawyer has read these words"), required=False)

    @classmethod
    def of(cls, draft: Draft, data: Any = None) -> "TextForm":
        """Filled with the words of a draft."""
        body = draft.body
        plan = body.get("plan") or NO_PLAN
        return cls(
            data,
            initial={
                "title": draft.title,
                "about": draft.modes,
                "minors": body.get("minors", False),
                "covers": body["covers"],
                "not_covered": body["not_covered"],
                "sentences": "\n".join(body["sentences"]),
                "plan_title": plan["title"],
                **{f"sign_{name}": words for name, words in plan["sign"].items()},
                "disclosure_title": body["disclosure"]["title"],
                "disclosure_points": "\n".join(body["disclosure"]["points"]),
                "accept": body["disclosure"]["accept"],
                "act": body["signing"]["act"],
                "meaning": body["signing"]["meaning"],
                "read": not body["draft"],
            },
        )

    def draft(self, before: Draft, clauses: list[dict[str, Any]], questions: list[dict[str, Any]]) -> Draft:
        """What was typed, with what cannot be changed here: the note. A plan without any words is none."""
        data = self.cleaned_data
        body = {name: value for name, value in before.body.items() if name not in ("minors", "plan")}
        sign = {name: data[f"sign_{name}"] for name in NO_PLAN["sign"]}
        if data["plan_title"] or questions or any(sign.values()):
            body["plan"] = {"title": data["plan_title"], "questions": questions, "sign": sign}
        body |= {"draft": not data["read"], "covers": data["covers"], "not_covered": data["not_covered"]}
        body |= {"sentences": _lines(data["sentences"]), "clauses": clauses}
        points = _lines(data["disclosure_points"])
        body["disclosure"] = {"title": data["disclosure_title"], "points": points, "accept": data["accept"]}
        body["signing"] = {"act": data["act"], "meaning": _even(data["meaning"])}
        body |= {"minors": True} if data["minors"] else {}
        return Draft(before.key, before.language, data["title"], tuple(data["about"]), body)


def _even(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


class ClauseForm(forms.Form):
    """One clause. Without words it is left out of what clients read; its heading stays in the draft."""

    key = forms.SlugField(required=False, max_length=40, widget=forms.HiddenInput)
    place = forms.IntegerField(label=_("Place"), required=False, min_value=0, max_value=9999)
    heading = line(_("Heading"), LONGEST_TITLE)
    words = page(_("Words"), 5, LONGEST_CLAUSE)
    initials = forms.BooleanField(label=_("Whoever signs puts initials to it"), required=False)

    @property
    def point(self) -> Point | None:
        """The line of the checklist that this clause answers; none for one of the practice's own."""
        key = self["key"].value()
        return next((one for one in consent_checklist.points() if one.key == key), None)

    @property
    def name(self) -> str:
        """What the editor calls it."""
        return consent_checklist.name_of(str(self["key"].value() or ""))

    @property
    def is_empty(self) -> bool:
        """True while it has no words."""
        return not has_words(self["words"].value() or "")

    @property
    def stands(self) -> bool:
        """True as soon as it has a heading or words."""
        return not self.is_empty or has_words(self["heading"].value() or "")


class Clauses(forms.BaseFormSet):  # type: ignore[type-arg]
    """The clauses in their places, then what the checklist asks for or allows beside them, then an empty one."""

    @classmethod
    def of(cls, draft: Draft, data: Any = None) -> "Clauses":
        """Filled with the clauses of a draft; places go by tens, so that one can be put between two.

        One that is needed and missing stands where the checklist has it.
        """
        shown = ("key", "heading", "words", "initials")
        rows = [{name: one.get(name, "") for name in shown} for one in draft.body["clauses"]]
        for point in consent_checklist.needed(draft.modes, minors=bool(draft.body.get("minors"))):
            if point.key not in (row["key"] for row in rows):
                rows.insert(_after(point, rows), {"key": point.key})
        there = {row["key"] for row in rows}
        rows += [{"key": one.key} for one in consent_checklist.fitting(draft.modes) if one.key not in there]
        rows.append({"key": ""})
        placed = [row | {"place": 10 * number} for number, row in enumerate(rows, start=1)]
        return cast("Clauses", ClauseRows(data, initial=placed, prefix="clause"))

    def clauses(self, before: Draft) -> list[dict[str, Any]]:
        """The clauses with words or a heading, in their places; one of the practice's own is given a key."""
        rows = [form.cleaned_data for form in self.forms]
        typed = [row for row in rows if row.get("words") or row.get("heading")]
        last = 1 + max((row["place"] or 0 for row in typed), default=0)
        typed.sort(key=lambda row: last if row["place"] is None else row["place"])
        only = {point.key: point.only for point in consent_checklist.points()}
        only |= {one["key"]: one["only"] for one in before.body["clauses"]}
        keys = keys_once([row["key"] for row in typed], known=only)
        return [
            {"key": key, "heading": row["heading"], "words": _even(row["words"]), "only": only.get(key, "")}
            | ({"initials": True} if row["initials"] else {})
            for key, row in zip(keys, typed, strict=True)
        ]


def _after(point: Point, rows: list[dict[str, Any]]) -> int:
    """Where a clause that is missing belongs: behind the nearest of those before it in the checklist."""
    points, keys = consent_checklist.points(), [row["key"] for row in rows]
    before = (one.key for one in reversed(points[: points.index(point)]))
    return next((keys.index(key) + 1 for key in before if key in keys), 0)


def keys_once(typed: list[str], *, known: Iterable[str]) -> list[str]:
    """The key of each of several, once: what is not known, or there already, becomes the next of the practice's own."""
    made: list[str] = []
    taken = {*known, *typed}
    for key in typed:
        if key not in known or key in made:
            key = next(own for n in range(1, 1000) if (own := f"own_{n}") not in taken and own not in made)
        made.append(key)
    return made


ClauseRows = forms.formset_factory(
    ClauseForm, formset=Clauses, extra=0, max_num=80, absolute_max=120, validate_max=True
)


class PublishForm(forms.Form):
    """Whether those who signed before are asked again. Nothing is chosen beforehand."""

    YES, NO = "yes", "no"

    renews = forms.ChoiceField(
        label=_("Does this change need new signatures?"),
        widget=forms.RadioSelect,
        choices=[
            (YES, _("Yes: whoever signed an earlier version is asked again")),
            (NO, _("No: what was signed goes on until its own end")),
        ],
        error_messages={"required": _("Please choose one of the two.")},
    )

    def __init__(self, *args: Any, is_first: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if is_first:
            del self.fields["renews"]

    @property
    def asks_again(self) -> bool:
        """The answer; a first version has nobody to ask again."""
        return bool(self.cleaned_data.get("renews", self.YES) == self.YES)


class ReaderForm(forms.Form):
    """Who reads a text that is looked at: some clauses are not for everybody. Asks only about those that it has."""

    readers_of: ClassVar = {
        TRAINEE: _("the client of somebody in training"),
        MINOR: _("somebody asked about a client under age"),
    }

    to = forms.MultipleChoiceField(label=_("As it is read by"), required=False, widget=forms.CheckboxSelectMultiple)

    def __init__(self, *args: Any, text: ConsentText, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        only = {clause["only"] for clause in text.body["clauses"]}
        self.fields["to"].choices = [(one, name) for one, name in self.readers_of.items() if one in only]  # type: ignore[attr-defined]

    @property
    def readers(self) -> list[str]:
        """Who was chosen; nobody when the address says something else."""
        return list(self.cleaned_data["to"]) if self.is_valid() else []
