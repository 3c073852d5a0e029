"""Short addresses that hold a secret: /r/… a reminder, /w/… the weather, /o/… an offer, /feeds/… a calendar file."""

from django.urls import path

from sessions.views import feeds, groups, mine, weather

urlpatterns = [
    path("r/<str:token>/", mine.reminder, name="reminder"),
    path("r/<str:token>/photo", mine.reminder_photo, name="reminder_photo"),
    path("o/<str:token>/", groups.seat_offer, name="seat_offer"),
    path("feeds/<str:token>.ics", feeds.feed, name="feed"),
    path("w/<str:token>/", weather.answer, name="weather_answer"),
]
