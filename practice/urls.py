"""The practice's own pages."""

from django.urls import path

from practice.views import cover, holidays, hours, record, service, settings, team

app_name = "practice"
urlpatterns = [
    path("team/", team.team, name="team"),
    path("cover", cover.show, name="cover"),
    path("arrivals", settings.arrivals, name="arrivals"),
    path("signing", settings.signing, name="signing"),
    path("messages", settings.messages_out, name="messages"),
    path("routes", settings.routes, name="routes"),
    path("asking", settings.asking, name="asking"),
    path("final-word", settings.final_word, name="final_word"),
    path("services", service.every, name="services"),
    path("services/new", service.new, name="new_service"),
    path("services/<uuid:pk>", service.change, name="service"),
    path("services/<uuid:pk>/offer", service.offer, name="offer"),
    path("hours/<uuid:pk>", hours.week, name="hours"),
    path("hours/<uuid:pk>/change", hours.change, name="change_hours"),
    path("hours/changes/<uuid:pk>", hours.take_back, name="take_back"),
    path("record/<uuid:pk>", record.record, name="record"),
    path("holidays", holidays.show, name="holidays"),
    path("holidays/open", holidays.open_or_close, name="open_on"),
    path("holidays/closed", holidays.closed, name="closed"),
]
