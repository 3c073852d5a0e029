"""Taking in a list of clients: upload, look at what would happen, import in one piece, undo.

Until it is imported the table lies sealed under a key of its own; at the import it is dropped, and in its place lies,
sealed, how each client was made, so that an undo can tell who was touched since. Both are gone at the latest when the
time for an undo has passed. Nothing is sent to anybody.

A therapist's own list carries its people over. Of a list that somebody else brought in, each is carried over once their
therapist says so (`clients.domain.carrying_over`): no list opens the way outdoors by itself.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from clients.domain import columns, languages, rows, sheet
from clients.domain.columns import Column
from clients.domain.forgetting import Stays, forget, forget_keys, with_more
from clients.domain.prints import fingerprints
from clients.domain.rows import Key, Person, Refused, Why
from clients.models import CareTeamMember, Client, ClientImport, ContactPoint, EmergencyContact
from clients.models.client import folded
from practice.domain import audit
from practice.models import Practice, User
from practice.rules import Permission, has

UNDO_WITHIN = timedelta(days=14)
LIES = timedelta(days=1)
"""A table that was uploaded and not imported is dropped after so long (ours)."""


class NotNow(Exception):
    """It was imported, undone or dropped meanwhile; nothing was changed."""


@dataclass(frozen=True, slots=True)
class Planned:
    """What would become of one row: a person, or why not. `shares` when somebody else has the same address, `namesake`
    when somebody else has the same name."""

    line: int
    name: str
    person: Person | None = None
    why: Why | None = None
    shares: bool = False
    namesake: bool = False

    @property
    def is_to_look_at(self) -> bool:
        """True when a person should look: it is not made, or somebody else is very like."""
        return self.person is None or self.shares or self.namesake


@transaction.atomic
def upload(data: bytes, *, therapist: User, by: User) -> ClientImport:
    """Read a file and keep its table, sealed; what its columns hold is guessed. Raises sheet.Unreadable."""
    table = sheet.read(data)
    guessed = columns.guess(table.headings)
    made = ClientImport(by=by, therapist=therapist, columns=guessed)
    born = guessed.index(Column.BORN) if Column.BORN in guessed else None
    dates = [row.cells[born] for row in table.rows] if born is not None else []
    made.month_first = columns.month_first(dates, country=Practice.load().country)
    made.kept = [list(table.headings), *([row.line, row.is_whole, *row.cells] for row in table.rows)]
    made.save(force_insert=True)
    audit.record("import.uploaded", by=by, subject=made.pk, detail={"rows": len(table.rows)})
    return made


def table(one: ClientImport) -> sheet.Sheet:
    """The table as it was uploaded. Write the audit entry before it is shown."""
    headings, *lines = one.kept or [[]]
    found = (sheet.Row(line, tuple(cells), is_whole=whole) for line, whole, *cells in lines)
    return sheet.Sheet(tuple(headings), tuple(found))


@transaction.atomic
def arrange(one: ClientImport, chosen: Sequence[str], *, month_first: bool) -> ClientImport:
    """Say what each column holds. Raises NotNow when it was imported meanwhile."""
    locked = _locked(one, ClientImport.State.BEGUN)
    locked.columns, locked.month_first = list(chosen), month_first
    locked.save(update_fields=["columns", "month_first"])
    return locked


def plan(one: ClientImport, *, today: date) -> list[Planned]:
    """What would become of every row, in their order; a fixed number of queries."""
    known, active, addresses = _known(one.by)
    spoken, seen, named = languages.offered(), set[Key](), set[str]()
    found: list[Planned] = []
    for row in table(one).rows:
        cells = {column: cell for column, cell in zip(one.columns, row.cells, strict=True) if column}
        name = cells.get(Column.NAME) or f"{cells.get(Column.FIRST, '')} {cells.get(Column.LAST, '')}".strip()
        try:
            if not row.is_whole:
                raise Refused(Why.WIDE)
            person = rows.person(cells, month_first=one.month_first, today=today, languages=spoken)
            _look(person, known, active, seen, named)
        except Refused as refused:
            found.append(Planned(row.line, name, why=refused.why))
            continue
        like = folded(person.name) in known.keys() | named
        found.append(Planned(row.line, name, person, namesake=like))
        seen |= person.keys
        named.add(folded(person.name))
    return _sharing(found, addresses)


def _sharing(planned: list[Planned], addresses: set[str]) -> list[Planned]:
    """Mark those whose e-mail address somebody else has too, here or in the file."""
    used = Counter(each.person.email.casefold() for each in planned if each.person)
    used.update(addresses)
    return [
        replace(each, shares=bool(each.person and each.person.email and used[each.person.email.casefold()] > 1))
        for each in planned
    ]


def _look(person: Person, known: dict[str, set[Key]], active: dict[str, bool], seen: set[Key], named: set[str]) -> None:
    """Refuse whoever is here already, may be somebody who is in treatment here, or came up before in this file."""
    name = folded(person.name)
    if person.keys & known.get(name, set()):
        raise Refused(Why.HERE)
    if person.keys & seen or (name in named and not person.keys):
        raise Refused(Why.TWICE)
    is_told_apart = person.born and active.get(name, True)
    if name in known and (not person.keys or (name in active and not is_told_apart)):
        raise Refused(Why.NAMESAKE)


def _known(user: User) -> tuple[dict[str, set[Key]], dict[str, bool], set[str]]:
    """Whom this person may know of: by folded name what tells each apart; of those in treatment, whether a date of
    birth does; and every e-mail address. Two queries."""
    fields = ("id", "name", "birth_date", "status")
    people = Client.objects.visible_to(user).only(*fields).prefetch_related("contact_points")
    known: dict[str, set[Key]] = {}
    active: dict[str, bool] = {}
    addresses = set()
    for client in people:
        ways = [point.value for point in client.contact_points.all()]
        addresses |= {way.casefold() for way in ways if "@" in way}
        name = folded(client.name)
        known.setdefault(name, set()).update(rows.keys(client.name, client.birth_date, ways))
        if client.status == Client.Status.ACTIVE:
            active[name] = active.get(name, True) and client.birth_date is not None
    return known, active, addresses


@transaction.atomic
def go(one: ClientImport, *, by: User, today: date) -> ClientImport:
    """Make everybody who can be made, all or nobody, and drop the table. Raises NotNow when it was done before."""
    User.objects.select_for_update().get(pk=one.by_id)  # two lists of one person come in one after the other
    locked = _locked(one, ClientImport.State.BEGUN)
    planned = plan(locked, today=today)
    is_own = by == locked.by == locked.therapist and has(locked.by, Permission.DECIDE)
    carried_over_on = today if is_own else None
    people = [
        (each.person, _client(each.person, locked, carried_over_on), each.shares) for each in planned if each.person
    ]
    clients = [client for _person, client, _shares in people]
    Client.objects.bulk_create(clients)
    CareTeamMember.objects.bulk_create(CareTeamMember(client=client, user=locked.therapist) for client in clients)
    ContactPoint.objects.bulk_create(point for each in people for point in _points(*each))
    EmergencyContact.objects.bulk_create(_ring(person, client) for person, client, _shares in people if person.ring[0])
    locked.state, locked.done_at, locked.made = ClientImport.State.DONE, timezone.now(), len(clients)
    locked.report = [[each.line, str(each.why)] for each in planned if each.why]
    locked.kept = {str(pk): text for pk, text in fingerprints([client.pk for client in clients]).items()}
    locked.save(update_fields=["state", "done_at", "made", "report", "kept_sealed"])
    detail: dict[str, str | int | None] = {"import": str(locked.pk), "therapist": str(locked.therapist_id)}
    audit.record("import.done", by=by, subject=locked.pk, detail={"made": len(clients)})
    audit.record_each("client.imported", by=by, subjects=[client.pk for client in clients], detail=detail)
    return locked


def _client(person: Person, one: ClientImport, carried_over_on: date | None) -> Client:
    """In treatment. `bulk_create` keeps no searched name by itself."""
    return Client(
        name=person.name,
        search_name=folded(person.name)[:200],
        called=person.called,
        pronouns=person.pronouns,
        birth_date=person.born,
        language=person.language,
        status=Client.Status.ACTIVE,
        admitted_at=timezone.now(),
        carried_over_on=carried_over_on,
        came_with=one,
    )


def _points(person: Person, client: Client, shares: bool) -> list[ContactPoint]:
    """Their ways, carefully: until somebody asked, a message names nobody; an address that two share is not safe."""
    whose = ContactPoint.Whose.SHARED if shares else ContactPoint.Whose.OWN
    mail = ContactPoint(kind=ContactPoint.Kind.EMAIL, value=person.email, whose=whose, is_safe=not shares)
    made = [mail, ContactPoint(kind=ContactPoint.Kind.PHONE, value=person.phone)]
    for point in made:
        point.client, point.may_say = client, ContactPoint.MaySay.NAME_ONLY
    return [point for point in made if point.value]


def _ring(person: Person, client: Client) -> EmergencyContact:
    name, relation, phone = person.ring
    return EmergencyContact(client=client, name=name, relation=relation, phone=phone)


def may_undo(one: ClientImport, *, now: datetime) -> bool:
    """Within two weeks."""
    return one.state == ClientImport.State.DONE and one.done_at is not None and now <= one.done_at + UNDO_WITHIN


@transaction.atomic
def undo(one: ClientImport, *, by: User, now: datetime) -> int:
    """Take away exactly those whom nobody has touched since, and say how many; the others stay. Raises NotNow."""
    locked = _locked(one, ClientImport.State.DONE)
    if not may_undo(locked, now=now):
        raise NotNow
    clients = list(locked.clients.select_for_update(of=("self",)).order_by("search_name"))
    touched = _touched(locked, [client.pk for client in clients])
    gone = [client.pk for client in clients if client.pk not in touched]
    forget(gone, action="client.import_undone", by=by)
    locked.state, locked.undone_at, locked.kept = ClientImport.State.UNDONE, now, None
    locked.left = {str(pk): str(why) for pk, why in touched.items()}
    locked.save(update_fields=["state", "undone_at", "left", "kept_sealed"])
    forget_keys([locked.pk])
    audit.record("import.undone", by=by, subject=locked.pk, detail={"gone": len(gone)})
    return len(gone)


def _touched(one: ClientImport, ids: list[UUID]) -> dict[UUID, Stays]:
    """Who has anything in the file, or was changed since the import."""
    as_made, now = one.kept, fingerprints(ids)
    return {pk: Stays.CHANGED for pk in ids if as_made.get(str(pk)) != now[pk]} | with_more(ids)


@transaction.atomic
def drop(one: ClientImport, *, by: User | None) -> None:
    """Leave it: the table goes, and its row with it. Raises NotNow when it was imported meanwhile."""
    locked = _locked(one, ClientImport.State.BEGUN)
    pk = locked.pk
    locked.delete()
    forget_keys([pk])
    audit.record("import.dropped", by=by, subject=pk)


@transaction.atomic
def drop_old(*, now: datetime) -> None:
    """Every night: tables that were never imported go; what an undo needs goes when the time for it has passed."""
    for one in ClientImport.objects.begun().filter(uploaded_at__lt=now - LIES):
        drop(one, by=None)
    late = ClientImport.objects.done().filter(done_at__lt=now - UNDO_WITHIN).exclude(kept_sealed=b"")
    ids = [one.pk for one in late.select_for_update()]
    ClientImport.objects.filter(pk__in=ids).update(kept_sealed=b"")
    forget_keys(ids)


def _locked(one: ClientImport, state: str) -> ClientImport:
    found = ClientImport.objects.select_for_update(of=("self",)).select_related("by", "therapist")
    locked = found.filter(pk=one.pk, state=state).first()
    if locked is None:
        raise NotNow
    return locked
