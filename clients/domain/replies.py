"""How soon whoever asks is answered: for one enquiry, and in the middle for the practice."""

from datetime import datetime, timedelta
from statistics import median

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from clients.models import Client

LOOKS_BACK = timedelta(days=365)


def took(client: Client) -> str:
    """“replied after 3 hours”; "" while nobody has."""
    if client.first_reply_at is None:
        return ""
    return _("replied after %(time)s") % {"time": spoken(client.first_reply_at - client.enquired_at)}


def usual(*, now: datetime) -> str:
    """The median time to a first reply of the enquiries of the last year, in words; "" before the first one.

    A number of the practice, of nobody in particular.
    """
    asked = Client.objects.filter(carried_over_on=None, came_with=None, enquired_at__gte=now - LOOKS_BACK)
    pairs = asked.values_list("enquired_at", "first_reply_at")
    waits = [(replied - enquired).total_seconds() for enquired, replied in pairs if replied]
    return spoken(timedelta(seconds=median(waits))) if waits else ""


def spoken(time: timedelta) -> str:
    """A time in the unit that one would say: minutes up to an hour and a half, hours up to two days, then days."""
    minutes = max(round(time.total_seconds() / 60), 1)
    if minutes < 90:
        return ngettext("%(n)s minute", "%(n)s minutes", minutes) % {"n": minutes}
    hours = round(minutes / 60)
    if hours < 48:
        return ngettext("%(n)s hour", "%(n)s hours", hours) % {"n": hours}
    days = round(hours / 24)
    return ngettext("%(n)s day", "%(n)s days", days) % {"n": days}
