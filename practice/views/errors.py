"""When something is wrong: a sentence and a number to quote, never a traceback."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from practice.web import is_from_here


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """What was sent cannot be understood."""
    return render(request, "400.html", status=400)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Not for this person, or a form that is too old."""
    return render(request, "403.html", status=403)


def stood_open(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form without a token that is known: it stood open too long, or comes from elsewhere.

    What a client wrote on one of our own pages is handed back to her, to be sent again with one press.
    """
    match = request.resolver_match
    by_link = match is not None and getattr(match.func, "is_reached_by_link", False)
    if not (by_link and is_from_here(request)):
        return render(request, "403_csrf.html", status=403)
    fields = [(name, value) for name, values in request.POST.lists() for value in values if "csrf" not in name]
    return render(request, "stood_open.html", {"fields": fields}, status=403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Not there, or not for this person: the answer is the same."""
    return render(request, "404.html", status=404)


def broken(request: HttpRequest) -> HttpResponse:
    """Our fault. The page needs neither database nor session."""
    from django.template import loader

    number = getattr(request, "id", "")
    return HttpResponse(loader.get_template("500.html").render({"request_id": number}), status=500)
