"""Steps of an asking in words: what happened, and how it is known."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from clients.domain.identity import How
from clients.models import ConsentStep
from practice.domain.words import apart, short_day
from practice.models import Scope

Kind = ConsentStep.Kind


def said(kind: str, detail: Mapping[str, Any], by: str) -> tuple[str, str]:
    """What happened in one step, and how it is known; `by` is the name of the member of staff who did it, or ""."""
    whats = {
        Kind.SENT: _("Letter written, with a link to read, print and sign"),
        Kind.REMINDED: _("Letter written once more"),
        Kind.OPENED: _("Opened"),
        Kind.CODE: _("Letter with a six-digit code written"),
        Kind.IDENTIFIED: _("Known to be the person who signs"),
        Kind.DISCLOSED: _("Agreed to read and sign on a screen"),
        Kind.TALK: _("“Talk it through with me first” chosen"),
        Kind.CONVERSATION: _talked(detail),
        Kind.WITHDRAWN: _taken_back(detail),
    }
    what = whats.get(Kind(kind)) or str(Kind(kind).label).capitalize()
    return what, _known(kind, detail, by)


def _known(kind: str, detail: Mapping[str, Any], by: str) -> str:
    if kind in (Kind.IDENTIFIED, Kind.SIGNED) and detail.get("how"):
        return identified(detail["how"], to=detail.get("to", ""), witness=by)
    if kind in (Kind.SENT, Kind.REMINDED, Kind.CODE) and detail.get("to"):
        return _("To %(address)s") % {"address": detail["to"]}
    if kind == Kind.DISCLOSED and detail.get("sha256"):
        return _("Fingerprint of the words: %(print)s") % {"print": detail["sha256"][:16]}
    if by:
        return _("By %(name)s") % {"name": apart(by)}
    by_hand = (Kind.OPENED, Kind.TALK, Kind.DISCLOSED, Kind.DECLINED, Kind.WITHDRAWN, Kind.SIGNED)
    return _("On the page behind the link") if kind in by_hand else ""


def identified(how: str, *, to: str = "", witness: str = "") -> str:
    """How we know who signed, in a sentence."""
    words = {
        How.TOGETHER: _("Together, on a device on which %(name)s was signed in"),
        How.LOGIN: _("Signed in with an account of their own"),
        How.CODE: _("By a six-digit code in a letter to %(address)s"),
        How.MAILED: _("By the link in the letter to %(address)s"),
        How.LINK: _("By a link made for this paper"),
    }
    return words[How(how)] % {"name": apart(witness), "address": to}


def _talked(detail: Mapping[str, Any]) -> str:
    if not detail.get("day"):
        return _("Talked through")
    names = {"day": short_day(date.fromisoformat(detail["day"])), "who": apart(detail.get("who", ""))}
    parts = [_("Talked through on %(day)s with %(who)s") % names]
    if detail.get("language"):
        parts.append(_("in %(language)s") % detail)
    if detail.get("interpreter"):
        parts.append(_("interpreted by %(interpreter)s") % {"interpreter": apart(detail["interpreter"])})
    return ", ".join(parts)


def _taken_back(detail: Mapping[str, Any]) -> str:
    what = ways(detail.get("modes", []))
    return _("Taken back: %(what)s") % {"what": what} if what else _("Taken back")


def ways(modes: Iterable[str]) -> str:
    """Ways of meeting in words, in one line."""
    return ", ".join(str(Scope(mode).label) for mode in modes)
