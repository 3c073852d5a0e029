"""The languages in which a client can be asked and told: English, and whatever a text is published in."""

from collections.abc import Collection

from django.conf.locale import LANG_INFO
from django.utils.translation import get_language_info

from clients.models import ConsentText


def offered() -> dict[str, str]:
    """Code -> the language's own name for itself; English first."""
    codes = set(ConsentText.objects.order_by().values_list("language", flat=True).distinct()) - {"en"}
    return {code: get_language_info(code)["name_local"] for code in ["en", *sorted(codes)]}


def known() -> dict[str, str]:
    """Code -> own name of every language in which a text can be begun: those of two letters, as a client's is kept."""
    named = {code: info["name_local"] for code, info in LANG_INFO.items() if len(code) == 2 and "name_local" in info}
    return dict(sorted(named.items(), key=lambda one: (one[0] != "en", one[1].casefold())))


def find(text: str, among: Collection[str]) -> str:
    """The code of a language written as code, or by its English or its own name; English when it is not among them."""
    said = text.strip().casefold()
    for code in among:
        info = get_language_info(code)
        if said in (code, info["name"].casefold(), info["name_local"].casefold()):
            return code
    return "en"
