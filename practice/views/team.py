"""Who works here, in which roles, and who covers."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from practice.models import CoverPerson, Role, User
from practice.rules import ROLES, SENTENCES, Permission
from practice.web import needs


@require_safe
@needs(Permission.KEEP_PRACTICE)
def team(request: HttpRequest) -> HttpResponse:
    """People, roles, the cover list, and what each role may do, in sentences."""
    people = User.objects.working().prefetch_related("memberships", "supervisors__supervisor")
    table = [(Role(role), [SENTENCES[one] for one in Permission if one in ROLES[role]]) for role in ROLES]
    context = {
        "people": people,
        "clinicians": User.objects.clinicians(),
        "cover": CoverPerson.objects.select_related("user"),
        "table": table,
    }
    return render(request, "practice/team.html", context)
