"""Filling in the editor as a browser would."""

from typing import Any

from django.test import Client as Browser
from django.urls import reverse


def typed(page: Any) -> dict[str, Any]:
    """What a form on the editor's page would send as it was opened."""
    form, clauses, questions = (page.context[name] for name in ("form", "clauses", "questions"))
    data: dict[str, Any] = {"stamp": page.context["stamp"]}
    for field in form:
        value = field.value()
        if value not in (None, False, ""):
            data[field.html_name] = "on" if value is True else list(value) if field.name == "about" else value
    for field in (*clauses.management_form, *questions.management_form):
        data[field.html_name] = field.value()
    for row in (*clauses.forms, *questions.forms):
        for field in row:
            data[field.html_name] = "" if field.value() is None else field.value()
    return data


def row_of(data: dict[str, Any], key: str) -> str:
    """The prefix of the row with the key of a clause or of a question; with none, of the empty clause."""
    name = next(name for name, value in data.items() if name.endswith("-key") and value == key)
    return name.removesuffix("-key")


def address(name: str = "text", key: str = "outdoors", language: str = "en") -> str:
    """An address of one text."""
    return reverse(f"clients:{name}", args=[key, language])


def opened(browser: Browser, key: str = "outdoors", language: str = "en") -> dict[str, Any]:
    """The editor as one person opened it."""
    return typed(browser.get(address(key=key, language=language)))
