"""The list of clients, and the page of one."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.core.paginator import Paginator
from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from clients import rules
from clients.domain import (
    alert_words,
    asq,
    at_hand,
    baseline,
    coverage,
    decision,
    forgetting,
    inviting,
    replies,
    safety,
    story,
)
from clients.domain.coverage import Coverage
from clients.domain.facts import limit_words
from clients.domain.glance import Glance
from clients.domain.story import Next
from clients.forms.person import SearchForm
from clients.models import CareTeamMember, Client
from practice.domain import audit
from practice.models import Mode, Practice
from practice.rules import Permission, has
from practice.web import needs

A_PAGE = 50
ICONS = {
    Mode.INDOOR: "armchair",
    Mode.ONLINE: "video",
    Mode.SIT: "tree-deciduous",
    Mode.WALK: "footprints",
    Mode.RUN: "wind",
}


@require_safe
@needs(Permission.SEE_DIARY)
def listing(request: HttpRequest) -> HttpResponse:
    """Names, status and whose they are; never a finding."""
    form = SearchForm(request.GET or None)
    leads = CareTeamMember.objects.current().filter(is_lead=True).select_related("user")
    visible = Client.objects.visible_to(request.user)
    found = form.filter(visible, user=request.user).prefetch_related(Prefetch("care_team", leads, to_attr="leads"))
    kept = request.GET.copy()
    kept.pop("page", None)
    context = {
        "form": form,
        "page": Paginator(found, A_PAGE).get_page(request.GET.get("page")),
        "query": f"{kept.urlencode()}&" if kept else "",
        "searching": any(kept.values()),
        "may_keep": has(request.user, Permission.KEEP_CLIENTS),
        "enquiries": visible.enquiring().count(),
        "uninvited": inviting.waiting(request.user).count(),
    }
    return render(request, "clients/list.html", context)


@require_safe
@needs(Permission.SEE_DIARY)
def show(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One person: where she stands and the one step that comes next. The chart shows only to her care team."""
    now = timezone.now()
    known = Client.objects.visible_to(request.user).select_related("emergency_contact")
    client = get_object_or_404(at_hand.looking(known, pk, request.user, now=now))
    audit.record("client.opened", by=request.user, subject=client.pk)
    team = list(client.care_team.current().told_whose(request.user).select_related("user").order_by("-is_lead"))
    may = rules.by_team(request.user, team)
    reads_chart = may.read_chart
    emergency = getattr(client, "emergency_contact", None)
    if emergency and reads_chart:
        audit.record("client.emergency_contact_read", by=request.user, subject=client.pk)
    seen = at_hand.of(client, request.user, reads_chart=reads_chart, now=now)
    context: dict[str, Any] = {
        "client": client,
        "team": [one for one in team if reads_chart or not one.watching],
        "points": client.contact_points.all(),
        "signatories": client.signatories.current() if "signatories" in seen.also else (),
        "emergency": emergency,
        "may_be_said": emergency.may_say if emergency and reads_chart else "",
        "reads_chart": reads_chart,
        "may_keep": has(request.user, Permission.KEEP_CLIENTS),
        "may_close": may.close,
        "wish": client.wish if reads_chart or rules.may_answer(request.user, client) else "",
    }
    context |= _asking(request, client) | _messages(client, reads_chart, seen)
    context |= _chart(request, client, may, seen, now) if reads_chart else _desk(client, seen)
    return render(request, "clients/show.html", context)


def _asking(request: HttpRequest, client: Client) -> dict[str, Any]:
    """How an enquiry stands that is no treatment yet, or never became one."""
    if client.admitted_at or client.status == Client.Status.ACTIVE:
        return {}
    return {
        "took": replies.took(client),
        "referred_to": client.referred_to if has(request.user, Permission.KEEP_CLIENTS) else "",
        "forgotten_on": forgetting.forgotten_on(client, Practice.load()),
    }


def _messages(client: Client, reads_chart: bool, seen: Glance) -> dict[str, Any]:
    """How many messages nobody has read; whether one worries is for the care team alone."""
    unread = client.replies.unread() if "messages" in seen.also else client.replies.none()
    waits = list(unread.order_by("received_at").values_list("received_at", "worries"))
    return {
        "messages_wait": len(waits),
        "messages_since": waits[0][0] if waits else None,
        "messages_worry": reads_chart and any(worries for _at, worries in waits),
    }


def _desk(client: Client, seen: Glance) -> dict[str, Any]:
    """What the desk sees of where they can meet: yes, or whom to ask."""
    step = {Client.Status.ENQUIRY: Next.ADMIT, Client.Status.CLOSED: Next.CLOSED}.get(Client.Status(client.status))
    stands = decision.standing([client], seen=seen)[client.pk]
    modes = stands.decision.modes if stands.decision else ()
    covered = coverage.outdoors(client, modes, on=timezone.localdate(), beside=seen.beside)
    return {"step": step or "", "ways": _ways(stands, covered, clinician=False)}


def _chart(request: HttpRequest, client: Client, may: rules.May, seen: Glance, now: datetime) -> dict[str, Any]:
    """What the care team reads beside it."""
    today = timezone.localdate()
    read = story.chart(client, seen)
    stands = decision.standing([client], seen=seen, newest=read.decisions[:1])[client.pk]
    unsettled = asq.open_one(stands.asked, on=today)
    asq_left = asq.left_out([client.pk] if "in_person" in seen.also else [], on=today).get(client.pk)
    waiting = safety.promised(client) if "promised" in seen.also else ()
    kept = safety.kept_of(read.plans, read.assessments, waiting, on=today)
    return _heard(request, client, seen, now) | {
        "step": story.next_step(
            client,
            read,
            on=today,
            safety_is_open=stands.left_open or unsettled is not None,
            asq_was_left=asq_left is not None,
            is_news=bool(stands.news),
        ),
        "asq_left": asq_left,
        "unsettled": unsettled,
        "kept": kept,
        "waits_for_plan": kept.waits_for_plan(unsettled),
        "read": read,
        "ways": _ways(stands, read.covered, clinician=True),
        "current": stands.decision,
        "limits": limit_words(stands.decision.limits) if stands.decision else [],
        "story": story.entries(client, read),
        "may_screen": has(request.user, Permission.SCREEN),
        "may_decide": may.decide,
    }


def _heard(request: HttpRequest, client: Client, seen: Glance, now: datetime) -> dict[str, Any]:
    """Worrying answers and who has heard of them, windows to come, and what is known already."""
    known = baseline.newest(client) if "baseline" in seen.also else None
    if known:
        audit.record("baseline.read", by=request.user, subject=client.pk, detail={"baseline": str(known.pk)})
    return {
        "alerts": alert_words.of_client(client, now=now) if "alerts" in seen.also else (),
        "windows": at_hand.windows(client, now=now).select_related("watcher") if "windows" in seen.also else (),
        "baseline": known,
        "baseline_lapsed": bool(known and known.lapsed(timezone.localdate())),
    }


def _ways(stands: decision.Standing, covered: Mapping[str, Coverage], *, clinician: bool) -> dict[str, Any]:
    """The ways to meet that are open, and those that are not yet, in the reader's words."""
    may = {mode: stands.permits(mode, timezone.localdate()) for mode in Mode}
    closed = [mode for mode in Mode if not may[mode].open]
    return {
        "open": [
            _refused(mode, covered[mode], stands.lead, clinician=clinician)
            if mode in covered and covered[mode].said_no
            else {
                "tone": "look" if may[mode].needs_a_look and clinician else "ok",
                "icon": ICONS[mode],
                "text": may[mode].for_desk,
                "reason": " ".join(may[mode].reasons) if may[mode].needs_a_look and clinician else "",
            }
            for mode in Mode
            if may[mode].open
        ],
        "closed": ", ".join(str(mode.label) for mode in closed),
        "why": (may[closed[0]].reasons[0] if clinician else may[closed[0]].for_desk) if closed else "",
    }


def _refused(mode: Mode, found: Coverage, lead: str, *, clinician: bool) -> dict[str, str]:
    """A way that was decided and to which somebody said no; the desk learns whom to ask."""
    words = found.words if clinician else _("not yet, ask %(name)s") % {"name": lead}
    text = _("%(mode)s: %(words)s") % {"mode": mode.label.capitalize(), "words": words}
    return {"tone": "stop" if clinician else "plain", "icon": ICONS[mode], "text": text, "reason": ""}
