"""A doctor's word about one client: asking for it, following it up, and writing down what came."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from clients import rules
from clients.domain import doctor_lines, medical, medical_letters, reading
from clients.forms.medical import AskDoctorForm, LetterTextForm, ParQForm, ReplyForm
from clients.models import Client, MedicalLetter
from clients.views import finding
from practice.domain import audit
from practice.rules import Permission
from practice.web import needs


@require_safe
@needs(Permission.READ_CHART)
def overview(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Every letter and the PAR-Q+, with where each of them stands."""
    client, today = finding.in_care_of(request, pk), timezone.localdate()
    audit.record("medical.opened", by=request.user, subject=client.pk)
    word = medical.of(client, on=today)
    context = {
        "client": client,
        "word": word,
        "letters": [(one, one.status_on(today)) for one in medical_letters.opened(word.letters)],
        "may_ask": _may_ask(request, client),
    }
    return render(request, "clients/medical.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.DECIDE)
def ask(request: HttpRequest, pk: UUID) -> HttpResponse:
    """First what to ask, then the text to read and change, then the letter."""
    client, today = finding.to_decide_about(request, pk), timezone.localdate()
    screenings = reading.newest(client, today=timezone.localdate())
    offered = doctor_lines.offered(screenings)
    form = AskDoctorForm(request.POST if request.method == "POST" else None, offered=offered, today=today)
    written = LetterTextForm(request.POST if "text" in request.POST else None)
    if form.is_bound and form.is_valid():
        if written.is_bound and written.is_valid():
            return _make(request, client, form, written.cleaned_data["text"])
        if not written.is_bound:
            said = {name: form.cleaned_data[name] for name in ("about", "ways")}
            written = LetterTextForm(initial={"text": medical_letters.draft(client, **said, is_urgent=form.is_urgent)})
    audit.record("medical.considered", by=request.user, subject=client.pk)
    wrong = form.is_bound and bool(form.errors or written.errors)
    context = {"client": client, "form": form, "written": written, "has_text": form.is_bound and form.is_valid()}
    return render(request, "clients/ask_doctor.html", context, status=422 if wrong else 200)


def _make(request: HttpRequest, client: Client, form: AskDoctorForm, text: str) -> HttpResponse:
    said = form.cleaned_data
    made = medical_letters.ask(
        client,
        name=said["doctor_name"],
        address=said["doctor_address"],
        text=text,
        client_agreed_on=said["client_agreed_on"],
        by=request.user,
    )
    messages.success(request, _("The letter is made. Print it and send it; it is asked after in a fortnight."))
    return redirect("clients:doctor_letter", client.pk, made.pk)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.READ_CHART)
def letter(request: HttpRequest, pk: UUID, letter_pk: UUID) -> HttpResponse:
    """One letter: what was asked, and what the doctor said or the form to write it down."""
    sent, today = request.method == "POST", timezone.localdate()
    client = finding.to_decide_about(request, pk) if sent else finding.in_care_of(request, pk)
    found, may_ask = _find(client, letter_pk), _may_ask(request, client)
    form = ReplyForm(request.POST if sent else None, request.FILES if sent else None, today=today)
    if form.is_bound and form.is_valid():
        return _reply(request, found, form)
    audit.record("medical.read", by=request.user, subject=found.client_id, detail={"letter": str(found.pk)})
    context = {
        "client": found.client,
        "letter": found,
        "stands": found.status_on(today),
        "form": form if may_ask and found.is_waiting else None,
        "may_ask": may_ask,
    }
    return render(request, "clients/doctor_letter.html", context, status=422 if form.is_bound else 200)


def _reply(request: HttpRequest, found: MedicalLetter, form: ReplyForm) -> HttpResponse:
    said = {name: form.cleaned_data[name] for name in ("said", "wrote_on", "expires_on", "words")}
    try:
        medical_letters.write_down_reply(found, **said, upload=form.cleaned_data["document"], by=request.user)
    except medical_letters.AlreadyAnswered:
        messages.error(request, _("Another reply was written down before; it stands."))
    else:
        messages.success(request, _("The reply is kept. It stands beside the next decision."))
    return redirect("clients:doctor_letter", found.client_id, found.pk)


@require_POST
@needs(Permission.DECIDE)
def again(request: HttpRequest, pk: UUID, letter_pk: UUID) -> HttpResponse:
    """The doctor was asked again, by telephone or by post."""
    medical_letters.ask_again(_find(finding.to_decide_about(request, pk), letter_pk), by=request.user)
    messages.success(request, _("Written down. It comes back in a fortnight if there is no reply."))
    return redirect("clients:doctor_letter", pk, letter_pk)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.DECIDE)
def put_aside(request: HttpRequest, pk: UUID, letter_pk: UUID) -> HttpResponse:
    """Ask first, then put the letter aside; it is kept, and counts no longer."""
    found = _find(finding.to_decide_about(request, pk), letter_pk)
    if request.method != "POST":
        return render(request, "clients/put_aside.html", {"client": found.client, "letter": found})
    medical_letters.put_aside(found, by=request.user)
    messages.success(request, _("Put aside. It is kept, and counts no longer."))
    return redirect("clients:medical", pk)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.DECIDE)
def parq(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Keep the result of a PAR-Q+; its questions stand on its own site and not here."""
    client, today = finding.to_decide_about(request, pk), timezone.localdate()
    sent = request.method == "POST"
    form = ParQForm(request.POST if sent else None, request.FILES if sent else None, today=today)
    if form.is_bound and form.is_valid():
        said = {name: form.cleaned_data[name] for name in ("result", "form_year", "done_on")}
        medical_letters.keep_parq(client, **said, upload=form.cleaned_data["document"], by=request.user)
        messages.success(request, _("The result is kept. It counts for twelve months."))
        return redirect("clients:medical", client.pk)
    return render(request, "clients/parq.html", {"client": client, "form": form}, status=422 if form.is_bound else 200)


def _find(client: Client, letter_pk: UUID) -> MedicalLetter:
    letters = MedicalLetter.objects.select_related("client", "asked_by", "answered_by", "paper", "reply_paper")
    found: MedicalLetter = get_object_or_404(
        letters.defer("paper__sealed", "reply_paper__sealed"), client=client, pk=letter_pk
    )
    return found


def _may_ask(request: HttpRequest, client: Client) -> bool:
    return rules.may_decide(request.user, client) and client.status == Client.Status.ACTIVE
