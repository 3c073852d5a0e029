"""The practice's own pages."""

from django.urls import path

from practice.views import cover, settings, team

app_name = "practice"
urlpatterns = [
    path("team/", team.team, name="team"),
    path("cover", cover.show, name="cover"),
    path("arrivals", settings.arrivals, name="arrivals"),
    path("signing", settings.signing, name="signing"),
    path("messages", settings.messages_out, name="messages"),
    path("routes", settings.routes, name="routes"),
    path("final-word", settings.final_word, name="final_word"),
]
