"""The practice's own pages."""

from django.urls import path

from practice.views import team

app_name = "practice"
urlpatterns = [path("team/", team.team, name="team")]
