"""The short addresses in letters: /r/… behind a reminder, /w/… about the weather."""

from django.urls import path

from sessions.views import mine, weather

urlpatterns = [
    path("r/<str:token>/", mine.reminder, name="reminder"),
    path("r/<str:token>/photo", mine.reminder_photo, name="reminder_photo"),
    path("w/<str:token>/", weather.answer, name="weather_answer"),
]
