"""Who may do what about one client. What a role may do at all stands in `practice.rules`."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from clients.models import CareTeamMember, Client
from practice.models import Role, User
from practice.rules import Permission, has


@dataclass(frozen=True, slots=True)
class May:
    """What one person may do about one client, from one look at the care team."""

    read_chart: bool
    """For the people who care for the client, and their supervisors."""
    decide: bool
    """For a clinician of the care team, or her supervisor when she is a clinician herself. Not for who joined it to
    watch a window."""
    close: bool
    """For the desk, and for who cares for the client and keeps files. Not for who joined to watch a window."""


def of(user: User, client: Client) -> May:
    """All of it at once, for a page that asks for more than one."""
    is_asked = has(user, Permission.READ_CHART) or has(user, Permission.DECIDE)
    team = CareTeamMember.objects.of(user).filter(client=client).values_list("watching", flat=True) if is_asked else ()
    return _of(user, list(team))


def by_team(user: User, team: Iterable[CareTeamMember]) -> May:
    """The same from a client's whole care team, each `told_whose`."""
    return _of(user, [one.watching for one in team if one.is_theirs])  # type: ignore[attr-defined]


def _of(user: User, watching: Collection[bool]) -> May:
    """`watching`: of each membership that gives her the client, whether it is for a window alone."""
    cares = not all(watching)
    return May(
        read_chart=has(user, Permission.READ_CHART) and bool(watching),
        decide=has(user, Permission.DECIDE) and cares,
        close=has(user, Permission.KEEP_CLIENTS) and (has(user, Permission.SEE_ALL_CLIENTS) or cares),
    )


def may_read_chart(user: User, client: Client) -> bool:
    """See `May`."""
    return of(user, client).read_chart


def may_decide(user: User, client: Client) -> bool:
    """See `May`."""
    return of(user, client).decide


def may_close(user: User, client: Client) -> bool:
    """See `May`."""
    return of(user, client).close


def may_keep_documents(user: User, client: Client) -> bool:
    """Who keeps files also adds documents and puts them aside; not to an enquiry, which is to be forgotten one day."""
    return client.was_admitted and may_close(user, client)


def may_answer(user: User, client: Client) -> bool:
    """While somebody is enquiring, whoever answers enquiries may read what they asked for."""
    return has(user, Permission.KEEP_CLIENTS) and client.status == Client.Status.ENQUIRY


def is_in_training(user: User) -> bool:
    """True for a trainee whose decisions are read with a supervisor."""
    return Role.TRAINEE in user.roles


def supervisors_of(user: User) -> list[str]:
    """Who reads a trainee's records with her, by name; nobody for anyone else."""
    if not is_in_training(user):
        return []
    return list(user.supervisors.values_list("supervisor__name", flat=True))
