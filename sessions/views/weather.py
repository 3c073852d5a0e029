"""The page behind a letter about the weather: its therapist answers with one tap, without signing in."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from practice.domain import links
from practice.models import Link
from practice.web import ended, with_link
from sessions.domain import weather_asks, weather_choice
from sessions.forms import WeatherChoiceForm


@require_http_methods(["GET", "HEAD", "POST"])
@with_link(weather_asks.PURPOSE, typed=lambda: ["words"])
def answer(request: HttpRequest, link: Link, token: str) -> HttpResponse:
    """What the weather asks for, and three answers. Looking changes nothing; no client is named here."""
    session, now = weather_asks.of_link(link.subject, link.made_by), timezone.now()
    if session is None or link.made_by is None:
        return ended(request, ["words"])
    page = weather_asks.about(session, now=now)
    form = WeatherChoiceForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        person, sky = page.get("person"), page["sky"]
        try:
            weather_choice.choose(session, sky, person, by=link.made_by, now=now, **form.cleaned_data)
            links.use(link)
            return redirect("weather_answer", token)
        except weather_choice.NeedsWords as problem:
            form.add_error("words", str(problem))
        except (weather_choice.LookAgain, weather_choice.NotNow) as problem:
            form.add_error(None, str(problem))
    context = page | {"session": session, "token": token, "form": form, "therapist": link.made_by.called}
    return render(request, "sessions/weather_answer.html", context, status=422 if form.errors else 200)
