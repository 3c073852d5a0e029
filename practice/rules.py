"""Who may do what: one table of named permissions with a sentence each, and the roles that hold them."""

from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from practice.models import Role, User


class Permission(StrEnum):
    """Every permission there is. The sentence behind each stands in `SENTENCES`."""

    SEE_DIARY = "see_diary"
    KEEP_DIARY = "keep_diary"
    SEE_ALL_CLIENTS = "see_all_clients"
    SEE_OWN_CLIENTS = "see_own_clients"
    KEEP_CLIENTS = "keep_clients"
    READ_CHART = "read_chart"
    SCREEN = "screen"
    DECIDE = "decide"
    ASK_CONSENT = "ask_consent"
    WRITE_NOTES = "write_notes"
    SEE_ROUTES = "see_routes"
    KEEP_ROUTES = "keep_routes"
    KEEP_PRACTICE = "keep_practice"
    OWN_PAGES = "own_pages"


SENTENCES: dict[Permission, Promise] = {
    Permission.SEE_DIARY: _("See when and where sessions are, without why."),
    Permission.KEEP_DIARY: _("Book, move and cancel sessions."),
    Permission.SEE_ALL_CLIENTS: _("See every client's name, contact points and status, without findings."),
    Permission.SEE_OWN_CLIENTS: _("See the clients in one's own care, and one's supervisees'."),
    Permission.KEEP_CLIENTS: _(
        "Record enquiries and contact points, bring in lists of clients, and open or close a client's file."
    ),
    Permission.READ_CHART: _("Read answers, decisions and notes of clients in one's own care, and one's supervisees'."),
    Permission.SCREEN: _("Send the intake, and record the suicide questions asked in person."),
    Permission.DECIDE: _("Write the clinical decision about how a client and her therapist meet."),
    Permission.ASK_CONSENT: _("Send consents to be signed, and record what was said about them."),
    Permission.WRITE_NOTES: _("Write and sign notes of one's own sessions."),
    Permission.SEE_ROUTES: _("See routes with their hazards and emergency access."),
    Permission.KEEP_ROUTES: _("Add, change and archive routes."),
    Permission.KEEP_PRACTICE: _("Change the practice's settings, its people, its cover list and its texts."),
    Permission.OWN_PAGES: _("See one's own sessions, forms and documents as a client."),
}

_CLINICAL = {
    Permission.SEE_DIARY,
    Permission.KEEP_DIARY,
    Permission.SEE_OWN_CLIENTS,
    Permission.KEEP_CLIENTS,
    Permission.READ_CHART,
    Permission.SCREEN,
    Permission.DECIDE,
    Permission.ASK_CONSENT,
    Permission.WRITE_NOTES,
    Permission.SEE_ROUTES,
}

ROLES: dict[str, frozenset[Permission]] = {
    Role.OWNER: frozenset(
        {
            Permission.SEE_DIARY,
            Permission.SEE_ALL_CLIENTS,
            Permission.SEE_ROUTES,
            Permission.KEEP_ROUTES,
            Permission.KEEP_PRACTICE,
        }
    ),
    Role.MANAGER: frozenset(
        {
            Permission.SEE_DIARY,
            Permission.KEEP_DIARY,
            Permission.SEE_ALL_CLIENTS,
            Permission.KEEP_CLIENTS,
            Permission.SEE_ROUTES,
            Permission.KEEP_ROUTES,
            Permission.KEEP_PRACTICE,
        }
    ),
    Role.THERAPIST: frozenset(_CLINICAL | {Permission.KEEP_ROUTES}),
    Role.TRAINEE: frozenset(_CLINICAL),
    Role.SUPERVISOR: frozenset(
        {
            Permission.SEE_DIARY,
            Permission.SEE_OWN_CLIENTS,
            Permission.READ_CHART,
            Permission.SEE_ROUTES,
            Permission.KEEP_ROUTES,
        }
    ),
    Role.FRONT_DESK: frozenset(
        {
            Permission.SEE_DIARY,
            Permission.KEEP_DIARY,
            Permission.SEE_ALL_CLIENTS,
            Permission.KEEP_CLIENTS,
            Permission.SEE_ROUTES,
        }
    ),
    Role.BILLER: frozenset({Permission.SEE_DIARY, Permission.SEE_ALL_CLIENTS}),
    Role.CLIENT: frozenset({Permission.OWN_PAGES}),
}


def permissions(user: User) -> frozenset[Permission]:
    """All that a person's roles allow, together."""
    return frozenset().union(*(ROLES[role] for role in user.roles))


def has(user: User, permission: Permission) -> bool:
    """True when one of the person's roles holds the permission. About whom, the scoped QuerySets say."""
    return user.is_authenticated and user.is_active and permission in permissions(user)


def may_keep_hours(user: User, therapist: User) -> bool:
    """Her own, or as who keeps the practice."""
    return has(user, Permission.KEEP_PRACTICE) or (user == therapist and has(user, Permission.WRITE_NOTES))
