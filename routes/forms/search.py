"""Which routes to list."""

from datetime import date
from typing import Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from routes.models import Route
from routes.models.route import RouteQuerySet


class SearchForm(forms.Form):
    """By name, and by what one chooses a path by; what cannot be read narrows nothing."""

    q = forms.CharField(label=_("Name"), required=False, max_length=120)
    surface = forms.ChoiceField(label=_("Surface"), required=False, choices=[("", _("any")), *Route.Surface.choices])
    light = forms.ChoiceField(label=_("Light"), required=False, choices=[("", _("any")), *Route.Light.choices])
    shade = forms.ChoiceField(label=_("Shade"), required=False, choices=[("", _("any")), *Route.Shade.choices])
    character = forms.ChoiceField(
        label=_("Character"), required=False, choices=[("", _("any")), *Route.Character.choices]
    )
    step_free = forms.BooleanField(label=_("Step-free"), required=False)
    open_today = forms.BooleanField(label=_("Open today"), required=False)
    archived = forms.BooleanField(required=False, widget=forms.HiddenInput)

    def asked(self) -> dict[str, Any]:
        """What was asked for and can be read."""
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}

    def filter(self, routes: RouteQuerySet, *, today: date) -> RouteQuerySet:
        """The routes that fit; those in use, unless the archived ones were asked for."""
        asked = self.asked()
        routes = routes.archived() if asked.pop("archived", None) else routes.in_use()
        if name := asked.pop("q", None):
            routes = routes.filter(Q(name__icontains=name) | Q(alias__icontains=name))
        if character := asked.pop("character", None):
            routes = routes.filter(character__contains=[character])
        if asked.pop("open_today", None):
            routes = routes.open_on(today)
        return routes.filter(**asked)
