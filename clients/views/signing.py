"""The pages behind a mailed link: read, ask, agree to a screen, sign, decline, take back. Reading needs no log-in."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from clients.domain import (
    agreement,
    consent,
    consent_papers,
    consent_texts,
    signer_words,
    signing,
    step_words,
    steps,
)
from clients.forms.consent import SignForm, TakeBackForm, WordsForm
from clients.models import Consent
from clients.views import knowing
from practice.domain import audit, links
from practice.models import OUTDOOR, Link, Practice
from practice.web import download, ended, with_link

TYPED = frozenset({"words", "sign", "name"})


@dataclass(frozen=True, slots=True)
class Laid:
    """What lies before somebody who came by a link: the agreements of its request, and the one that is looked at."""

    link: Link
    token: str
    rows: list[Consent]
    one: Consent

    @property
    def here(self) -> str:
        """The address of the agreement that is looked at."""
        return reverse("consent_page", args=[self.token, self.one.pk])

    @property
    def following(self) -> Consent | None:
        """The next one of the request that waits for an answer."""
        return next((row for row in self.rows if row.is_open and row.pk != self.one.pk), None)


def _rows(link: Link) -> list[Consent]:
    wanted = Consent.objects.select_related("client", "text", "asked_by", "paper", "request", "signatory")
    rows = wanted.filter(Q(request=link.subject) | Q(pk=link.subject)).exclude(status=Consent.Status.REPLACED)
    rows = rows.order_by("asked_at", "text__key", "pk")
    return [row for row in rows if row.shown_text or row.manner == Consent.Manner.PAPER]


def _over(one: Consent) -> bool:
    """It can be answered no more, though nobody has answered it."""
    return one.has_lapsed(timezone.now()) or one.status in (Consent.Status.REPLACED, Consent.Status.EXPIRED)


def laid(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Gives a view the agreement of this link's request that its address names; any other has ended."""

    @with_link(consent.PURPOSE, typed=lambda: TYPED)
    @wraps(view)
    def wrapped(request: HttpRequest, link: Link, token: str, pk: UUID) -> HttpResponse:
        rows = _rows(link)
        one = next((row for row in rows if row.pk == pk), None)
        if one is None or _over(one):
            return ended(request, TYPED)
        return view(request, Laid(link, token, rows, one))

    return wrapped


@require_http_methods(["GET", "HEAD", "POST"])
@with_link(consent.PURPOSE, typed=lambda: TYPED)
def start(request: HttpRequest, link: Link, token: str) -> HttpResponse:
    """One agreement: its page. Several: what there is to read and sign, and where each stands."""
    rows = _rows(link)
    if not rows or all(_over(row) for row in rows):
        return ended(request, TYPED)
    if len(rows) == 1:
        return _page(request, Laid(link, token, rows, rows[0]))
    audit.record("consent.listed", by=knowing.staff(request), subject=rows[0].client_id)
    context = {
        "token": token,
        "laid": [(row, _over(row)) for row in rows],
        "open": sum(row.is_open and not _over(row) for row in rows),
        "who_signs": signer_words.who_signs(rows[0]),
        "therapist": consent.lead_of(rows[0].client) or rows[0].asked_by,
        "zone": Practice.load().time_zone,
    }
    return render(request, "clients/consent_overview.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@laid
def page(request: HttpRequest, here: Laid) -> HttpResponse:
    """Read and sign one agreement; once answered, what was answered."""
    return _page(request, here)


def _page(request: HttpRequest, here: Laid) -> HttpResponse:
    """Looking changes nothing; that the signer opened it is kept once, and each look in the audit.

    Staff who look at a mailed link open nothing; on a device that was handed over the signer does.
    """
    one, by = here.one, knowing.staff(request)
    audit.record("consent.shown", by=by, subject=one.client_id, detail={"consent": str(one.pk)})
    if not one.is_open:
        return (
            _stands(request, here, one, Consent.Status.SIGNED) if request.method == "POST" else _answered(request, here)
        )
    if request.method == "POST":
        return _sent(request, here)
    if request.method == "GET" and (by is None or knowing.witness(request, here.link, one)):
        steps.once(one, consent.Kind.OPENED, by=by)
    return _reading(request, here, SignForm(asked=one))


def _sent(request: HttpRequest, here: Laid) -> HttpResponse:
    """She had a code sent, gave it, or pressed “I sign”; whatever is missing, what she put stays on the page."""
    one, is_signing = here.one, request.POST.get("do", "sign") == "sign"
    around, problem = knowing.circumstances(request, here.link, one)
    if is_signing:
        form = SignForm(request.POST, asked=one)
        if form.is_valid() and not problem and _signed(one, form, around):
            links.use(here.link)
            return knowing.remember(redirect(here.here), around)
    else:
        typed = {name: value[: signing.LONGEST_WORDS] for name, value in request.POST.items()}
        form = SignForm(initial=typed, asked=one)
    status = 422 if problem or is_signing else 200
    return knowing.remember(_reading(request, here, form, around=around, problem=problem, status=status), around)


def _signed(one: Consent, form: SignForm, around: signing.Circumstances) -> bool:
    """Sign; False with the reason on the form. Answered meanwhile counts as done: the page then says what stands."""
    try:
        signing.sign(one, form.agreement(), circumstances=around)
    except signing.NotWhole as error:
        form.add_error(None, str(error))
        return False
    except consent.NotOpen:
        pass
    return True


def _context(here: Laid) -> dict[str, Any]:
    one, zone = here.one, Practice.load().time_zone
    therapist = consent.lead_of(one.client) or one.asked_by
    today = timezone.localdate(timezone=ZoneInfo(zone))
    return {
        "consent": one,
        "client": one.client,
        "link": here.link,
        "token": here.token,
        "here": here.here,
        "several": len(here.rows) > 1,
        "following": here.following,
        "shown": one.shown,
        "therapist": therapist,
        "written_to": one.client.name.split(" ")[0] if one.meaning == Consent.Meaning.PERMISSION else "",
        "who_signs": signer_words.who_signs(one),
        "who_reads": signer_words.who_reads(one, therapist),
        "sections": consent_texts.sections(one.shown) if one.shown else [],
        "outdoors": bool(OUTDOOR & set(one.modes)),
        "until": one.covers_until or signing.in_a_year(today),
        "zone": zone,
        "today": today,
    }


def _reading(
    request: HttpRequest, here: Laid, form: SignForm, *, around: Any = None, problem: str = "", status: int = 200
) -> HttpResponse:
    one = here.one
    around = around or knowing.circumstances(request, here.link, one)[0]
    context = _context(here) | knowing.context(one, around) | {
        "form": form,
        "problem": problem or signing.overtaken(one, at=timezone.now()),
        "words_form": WordsForm(),
        "minutes": consent_texts.minutes(one.shown),
        "before": signing.signed_before(one, timezone.now()),
        "disclosed": agreement.disclosed(one),
        "disclosure_print": agreement.disclosure_print(one),
        "staff": around.witness,
        "large": request.GET.get("type") == "large",
    }  # fmt: skip
    template = "clients/consent_print.html" if request.GET.get("as") == "print" else "clients/consent_sign.html"
    return render(request, template, context, status=status)


def _answered(request: HttpRequest, here: Laid, *, form: TakeBackForm | None = None, status: int = 200) -> HttpResponse:
    one = here.one
    context = _context(here) | {"form": form or TakeBackForm(signed=one), "unchanged": status == 409}
    if one.was_signed:
        context |= {"on_paper": consent_papers.on_paper(one), "taken_back": step_words.ways(one.withdrawn_modes)}
    if one.was_signed and one.shown:
        context |= {
            "plan": consent_texts.plan_said(one.shown, one.answers.get("plan", {})),
            "initials": consent_papers.initials(one),
            "drawing": consent_papers.drawing(one),
        }
    return render(request, "clients/consent_answered.html", context, status=status)


def _stands(request: HttpRequest, here: Laid, row: Consent, wanted: str) -> HttpResponse:
    """It was answered before. The same again counts as done; anything else changes nothing, and the page says so."""
    if row.status == wanted:
        return redirect(here.here)
    if _over(row):
        return ended(request, TYPED)
    return _answered(request, Laid(here.link, here.token, here.rows, row), status=409)


def _act(request: HttpRequest, here: Laid, act: Callable[[], Any], wanted: str, anchor: str = "") -> HttpResponse:
    try:
        act()
    except consent.NotOpen as stopped:
        return _stands(request, here, stopped.consent, wanted)
    except signing.NotWhole as error:
        return _reading(request, here, SignForm(asked=here.one), problem=str(error), status=422)
    links.use(here.link)
    return redirect(here.here + anchor)


@require_POST
@laid
def disclose(request: HttpRequest, here: Laid) -> HttpResponse:
    """She agrees to read and sign on a screen: an act of its own, before any signature."""
    sha256, around = request.POST.get("disclosure", ""), knowing.circumstances(request, here.link, here.one)[0]
    large = "?type=large" if request.GET.get("type") == "large" else ""
    return _act(
        request, here, lambda: signing.disclose(here.one, sha256=sha256, circumstances=around), "", f"{large}#sign"
    )


def _words(request: HttpRequest) -> str:
    form = WordsForm(request.POST)
    return str(form.cleaned_data["words"] if form.is_valid() else request.POST.get("words", ""))


@require_POST
@laid
def talk(request: HttpRequest, here: Laid) -> HttpResponse:
    """She wants to talk it through first."""
    words, by = _words(request), knowing.staff(request)
    return _act(request, here, lambda: signing.talk(here.one, words=words, by=by), Consent.Status.TALK)


@require_POST
@laid
def indoors(request: HttpRequest, here: Laid) -> HttpResponse:
    """She would rather stay indoors."""
    words, by = _words(request), knowing.staff(request)
    return _act(request, here, lambda: signing.decline(here.one, words=words, by=by), Consent.Status.DECLINED)


@require_POST
@laid
def take_back(request: HttpRequest, here: Laid) -> HttpResponse:
    """She changes her mind about what she signed, or about a part of it; it counts at once."""
    form, by = TakeBackForm(request.POST, signed=here.one), knowing.staff(request)
    if not form.is_valid() and here.one.status == Consent.Status.SIGNED:
        return _answered(request, here, form=form, status=422)
    if form.asks_first and here.one.status == Consent.Status.SIGNED:
        context = _context(here) | {"what": step_words.ways(form.standing)}
        return render(request, "clients/take_back.html", context)
    modes = form.modes if form.is_valid() else None
    return _act(request, here, lambda: consent.withdraw(here.one, by=by, modes=modes), Consent.Status.WITHDRAWN)


@require_safe
@laid
def copy(request: HttpRequest, here: Laid) -> HttpResponse:
    """Her own copy of what she signed, as a file."""
    return deliver(request, here.one)


def deliver(request: HttpRequest, one: Consent) -> HttpResponse:
    """The signed paper as a download, with an audit entry before it is opened."""
    if not one.was_signed or not (one.shown_text or one.paper):
        raise Http404
    by = knowing.staff(request)
    audit.record("consent.paper_read", by=by, subject=one.client_id, detail={"consent": str(one.pk)})
    paper = consent_papers.paper_of(one)
    return download(paper)
