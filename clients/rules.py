"""Who may do what about one client. What a role may do at all stands in `practice.rules`."""

from clients.models import CareTeamMember, Client
from practice.models import Role, User
from practice.rules import Permission, has


def may_read_chart(user: User, client: Client) -> bool:
    """True for the people who care for the client, and their supervisors."""
    return has(user, Permission.READ_CHART) and _cares(user, client)


def may_decide(user: User, client: Client) -> bool:
    """True for a clinician of the client's care team, or her supervisor when she is a clinician herself. Not for who
    joined it to watch a window."""
    return has(user, Permission.DECIDE) and CareTeamMember.objects.of(user).caring().filter(client=client).exists()


def may_close(user: User, client: Client) -> bool:
    """True for the desk, and for who cares for the client and keeps files. Not for who joined to watch a window."""
    caring = CareTeamMember.objects.of(user).caring().filter(client=client)
    return has(user, Permission.KEEP_CLIENTS) and (has(user, Permission.SEE_ALL_CLIENTS) or caring.exists())


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


def _cares(user: User, client: Client) -> bool:
    return CareTeamMember.objects.of(user).filter(client=client).exists()
