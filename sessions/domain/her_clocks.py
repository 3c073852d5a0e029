"""A time for one client: on the clocks of its place; where hers differ, with the zone or her own time beside it."""

from collections.abc import Iterable
from datetime import datetime

from django.utils.translation import gettext as _

from clients.models import Client
from practice.domain import words
from practice.models import Place, Practice


def when(moment: datetime, place: Place, client: Client) -> str:
    """“Thursday 8 October, 10:00 in London, 11:00 for you in Paris”."""
    return words.when(moment, place.time_zone, reader_zone=Practice.load().time_zone, own_zone=client.own_zone)


def at(moment: datetime, place: Place, client: Client) -> str:
    """The same without the day."""
    return words.clock_for(moment, place.time_zone, reader_zone=Practice.load().time_zone, own_zone=client.own_zone)


def beside(moment: datetime, place: Place, client: Client) -> str:
    """What stands beside a time on the clocks of its place; nothing where all clocks agree."""
    said = at(moment, place, client)
    return said if said != words.clock(moment, place.time_zone) else ""


def own(moment: datetime, place: Place, client: Client) -> str:
    """“11:00” on her own clocks; nothing where she set none, or where they show the same."""
    same = words.clock(moment, place.time_zone)
    mine = words.clock(moment, client.own_zone or place.time_zone)
    return mine if mine != same else ""


def note(places: Iterable[Place], client: Client, *, at: datetime) -> str:
    """On whose clocks the times of a list stand, where that has to be said."""
    away = [place.time_zone for place in places if beside(at, place, client)]
    if not away:
        return ""
    said = {"there": words.city(away[0]), "here": words.city(client.own_zone)}
    if client.own_zone:
        return _("Times are those in %(there)s; the small ones are yours, in %(here)s.") % said
    return _("Times are those in %(there)s.") % said
