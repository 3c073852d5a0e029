"""Public holidays by country and region, as the package `holidays` knows them.

Some countries announce a holiday of the moon only shortly before: its name then says that it is estimated.
"""

from datetime import date
from functools import lru_cache

import holidays
from django.utils.translation import get_language, to_locale

from practice.models import Practice


def of(practice: Practice, year: int) -> dict[date, str]:
    """The holidays of a year by day, in its order, with their names. A region that is not known is left out; a country
    that is not known has none."""
    return _of(practice.country.upper(), practice.region.strip(), year, to_locale(get_language() or "en"))


def knows(country: str, region: str) -> bool:
    """Whether there are holidays of this country, and of this region if one is named."""
    regions = holidays.list_supported_countries(include_aliases=True).get(country.upper())
    return regions is not None and (not region or region in regions)


def regions(country: str) -> dict[str, str]:
    """The regions of a country that have holidays of their own: code and, where it is known, name."""
    known = holidays.list_supported_countries(include_aliases=False).get(country.upper(), [])
    if not known:
        return {}
    names = getattr(holidays.country_holidays(country.upper()), "subdivisions_aliases", {})
    by_code = {code: name for name, code in names.items()}
    return {code: by_code.get(code, code) for code in known}


@lru_cache(maxsize=64)
def _of(country: str, region: str, year: int, language: str) -> dict[date, str]:
    if not knows(country, ""):
        return {}
    subdivision = region if knows(country, region) else ""
    found = holidays.country_holidays(country, subdiv=subdivision or None, years=year, language=language, expand=False)
    return dict(sorted(found.items()))
