"""The short address behind a reminder: /r/…"""

from django.urls import path

from sessions.views import mine

urlpatterns = [
    path("r/<str:token>/", mine.reminder, name="reminder"),
    path("r/<str:token>/photo", mine.reminder_photo, name="reminder_photo"),
]
