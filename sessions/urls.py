"""Pages of sessions."""

from django.urls import path

from sessions.views import asked, asking, book, days, fitting, mine, note, session, stranded, summary

app_name = "sessions"
urlpatterns = [
    path("today", days.today, name="today"),
    path("week", days.calendar, name="calendar"),
    path("book", book.book, name="book"),
    path("routes", fitting.routes, name="fitting"),
    path("<uuid:pk>", session.show, name="show"),
    path("<uuid:pk>/move", book.move, name="move"),
    path("<uuid:pk>/cancel", book.cancel, name="cancel"),
    path("<uuid:pk>/weather", session.choose_weather, name="weather"),
    path("<uuid:pk>/missed", book.missed, name="missed"),
    path("<uuid:pk>/kept", book.kept, name="kept"),
    path("seat/<uuid:pk>/note", note.note, name="note"),
    path("seat/<uuid:pk>/answer", mine.answer, name="answer"),
    path("seat/<uuid:pk>/photo", mine.photo, name="photo"),
    path("client/<uuid:pk>", session.for_client, name="for_client"),
    path("client/<uuid:pk>/outdoors", session.outdoors_after, name="outdoors_after"),
    path("client/<uuid:pk>/summary", summary.summary, name="summary"),
    path("paper/<uuid:pk>", summary.paper, name="paper"),
    path("mine", mine.mine, name="mine"),
    path("stranded", stranded.of_all, name="all_stranded"),
    path("stranded/<uuid:pk>", stranded.of, name="stranded"),
    path("mine/ask", asking.ask, name="ask"),
    path("mine/asked/<uuid:pk>/back", asking.take_back, name="take_back"),
    path("mine/asked/<uuid:pk>/yes", asking.say_yes, name="say_yes"),
    path("mine/seat/<uuid:pk>/cancel", asking.cancel_mine, name="cancel_mine"),
    path("asked", asked.listing, name="asked"),
    path("asked/<uuid:pk>", asked.answer, name="answer_asked"),
]
