"""Who goes through pages of questions: the client by her link, or a clinician with her."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import get_language, override

from clients.domain import asking
from clients.models import Screening
from clients.views import finding
from practice.models import Link, User


@dataclass(frozen=True, slots=True)
class Walker:
    """The one who answers, what is asked, and the addresses of its pages."""

    asked: Screening
    by: User | None
    link: Link | None
    name: str
    args: tuple[Any, ...]

    def url(self, number: int = 0) -> str:
        """The address of a page of questions; 0 is the first one, with the promise."""
        return reverse(f"{self.name}_part", args=[*self.args, number]) if number else reverse(self.name, args=self.args)

    def keeps(self, number: int) -> str:
        """Where one answer of a page is sent by itself."""
        return reverse(f"{self.name}_keep", args=[*self.args, number])

    @property
    def steps(self) -> tuple[asking.Step, ...]:
        """The pages."""
        return asking.steps(self.asked.kind)

    @property
    def language(self) -> str:
        """The language that the questions are shown in."""
        return asking.language_of(self.asked.kind, self.asked.language)

    @property
    def foreign(self) -> str:
        """That language, where the page around the questions speaks another; "" where both are one."""
        return self.language if (get_language() or "")[:2] != self.language[:2] else ""

    def step(self, number: int) -> asking.Step:
        """One page, or 404."""
        for step in self.steps:
            if step.number == number:
                return step
        raise Http404


def in_their_language(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """The page around the questions speaks their language too, where the product does."""

    @wraps(view)
    def wrapped(request: HttpRequest, who: Walker, *args: Any) -> HttpResponse:
        spoken = next((code for code, _ in settings.LANGUAGES if code[:2] == who.language[:2]), get_language())
        with override(spoken):
            return view(request, who, *args)

    return wrapped


def by_link(link: Link, token: str) -> Walker:
    """The client, at the other end of her link."""
    asked = get_object_or_404(Screening.objects.select_related("client", "read_by"), pk=link.subject)
    return _walker(asked, None, link, "intake", (token,))


def with_staff(request: HttpRequest, pk: UUID, screening_pk: UUID) -> Walker:
    """A clinician who fills it in with her client."""
    asked = finding.screening(request, pk, screening_pk)
    return _walker(asked, request.user, None, "clients:together", (pk, screening_pk))


def _walker(asked: Screening, by: User | None, link: Link | None, name: str, args: tuple[Any, ...]) -> Walker:
    if not asking.may_be_answered_alone(asked.kind):
        raise Http404
    return Walker(asked, by, link, name, args)
