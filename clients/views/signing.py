"""The page behind a mailed link on which a client reads, asks, signs, declines or takes back. Nobody logs in here."""

from typing import Any
from zoneinfo import ZoneInfo

from allauth.account.adapter import get_adapter
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from clients.domain import consent, consent_papers, consent_texts, signing
from clients.forms.consent import SignForm, WordsForm
from clients.models import Consent
from practice.domain import audit, links
from practice.models import Link, Practice, User
from practice.web import download, with_link


def _of(link: Link) -> Consent:
    wanted = Consent.objects.select_related("client", "text", "asked_by", "paper", "request", "signatory")
    found = wanted.filter(Q(request=link.subject) | Q(pk=link.subject)).order_by("asked_at").first()
    if found is None:
        raise Http404
    return found


def _staff(request: HttpRequest) -> User | None:
    """Who of the practice is signed in on this device: then she signs together with her, not from afar."""
    user = request.user
    return user if user.is_authenticated and not user.is_client else None


def _context(request: HttpRequest, one: Consent, link: Link, token: str) -> dict[str, Any]:
    shown, zone = one.shown, Practice.load().time_zone
    today = timezone.localdate(timezone=ZoneInfo(zone))
    return {
        "consent": one,
        "client": one.client,
        "link": link,
        "token": token,
        "shown": shown,
        "therapist": consent.lead_of(one.client) or one.asked_by,
        "sections": consent_texts.sections(shown),
        "outdoors": consent_texts.is_outdoors(shown),
        "minutes": consent_texts.minutes(shown),
        "until": one.covers_until or signing.in_a_year(today),
        "before": signing.signed_before(one, timezone.now()),
        "zone": zone,
        "today": today,
        "staff": _staff(request),
        "large": request.GET.get("type") == "large",
    }


@require_http_methods(["GET", "HEAD", "POST"])
@with_link(consent.PURPOSE)
def page(request: HttpRequest, link: Link, token: str) -> HttpResponse:
    """Read and sign; once answered, what was answered. Looking changes nothing, and is kept in the audit."""
    one = _of(link)
    if one.status == Consent.Status.REPLACED or not one.shown_text:
        return render(request, "link_ended.html", status=410)
    audit.record("consent.shown", by=_staff(request), subject=one.client_id, detail={"consent": str(one.pk)})
    if not one.is_open:
        return _answered(request, one, link, token)
    form = SignForm(request.POST if request.method == "POST" else None, words=one.shown, sha256=one.shown_sha256)
    if form.is_valid() and _signed(request, one, link, form):
        return redirect("sign_consent", token)
    context = _context(request, one, link, token) | {"form": form, "words_form": WordsForm()}
    template = "clients/consent_print.html" if request.GET.get("as") == "print" else "clients/consent_sign.html"
    return render(request, template, context, status=422 if form.is_bound else 200)


def _signed(request: HttpRequest, one: Consent, link: Link, form: SignForm) -> bool:
    """Sign; False with the reason on the form. Answered meanwhile counts as done: the page then says what stands."""
    around = signing.Circumstances(
        address=get_adapter(request).get_client_ip(request),
        agent=request.headers.get("User-Agent", ""),
        witness=_staff(request),
    )
    try:
        signing.sign(one, form.agreement(), circumstances=around)
    except signing.NotWhole as error:
        form.add_error(None, str(error))
        return False
    except consent.NotOpen:
        return True
    links.use(link)
    return True


def _answered(request: HttpRequest, one: Consent, link: Link, token: str) -> HttpResponse:
    context = _context(request, one, link, token)
    if one.was_signed:
        context |= {
            "plan": consent_texts.plan_said(one.shown, one.answers.get("plan", {})),
            "drawing": consent_papers.drawing(one),
        }
    return render(request, "clients/consent_answered.html", context)


@require_POST
@with_link(consent.PURPOSE, typed=WordsForm.base_fields.keys)
def talk(request: HttpRequest, link: Link, token: str) -> HttpResponse:
    """She wants to talk it through first."""
    return _say(request, link, token, signing.talk)


@require_POST
@with_link(consent.PURPOSE, typed=WordsForm.base_fields.keys)
def indoors(request: HttpRequest, link: Link, token: str) -> HttpResponse:
    """She would rather stay indoors."""
    return _say(request, link, token, signing.decline)


def _say(request: HttpRequest, link: Link, token: str, verb: Any) -> HttpResponse:
    form = WordsForm(request.POST)
    words = form.cleaned_data["words"] if form.is_valid() else request.POST.get("words", "")
    try:
        verb(_of(link), words=words, by=_staff(request))
        links.use(link)
    except consent.NotOpen:
        pass  # it was answered meanwhile; the page says what stands
    return redirect("sign_consent", token)


@require_POST
@with_link(consent.PURPOSE)
def take_back(request: HttpRequest, link: Link, token: str) -> HttpResponse:
    """She changes her mind about what she signed; it counts at once."""
    try:
        consent.withdraw(_of(link), by=_staff(request))
        links.use(link)
    except consent.NotOpen:
        pass  # nothing is signed, or it was taken back before; the page says what stands
    return redirect("sign_consent", token)


@require_safe
@with_link(consent.PURPOSE)
def copy(request: HttpRequest, link: Link, token: str) -> HttpResponse:
    """Her own copy of what she signed, as a file."""
    return deliver(request, _of(link))


def deliver(request: HttpRequest, one: Consent) -> HttpResponse:
    """The signed paper as a download, with an audit entry before it is opened."""
    if not one.was_signed or not (one.shown_text or one.paper):
        raise Http404
    audit.record("consent.paper_read", by=_staff(request), subject=one.client_id, detail={"consent": str(one.pk)})
    paper = consent_papers.paper_of(one)
    return download(paper)
