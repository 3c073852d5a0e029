"""Pages about routes."""

from django.urls import path

from routes.views import keep, library

app_name = "routes"
urlpatterns = [
    path("", library.list_, name="list"),
    path("import", keep.import_, name="import"),
    path("add", keep.add, name="add"),
    path("<uuid:pk>", library.show, name="show"),
    path("<uuid:pk>/light", library.light, name="light"),
    path("<uuid:pk>/edit", keep.edit, name="edit"),
    path("<uuid:pk>/archive", keep.archive, name="archive"),
    path("<uuid:pk>/bring-back", keep.bring_back, name="bring_back"),
]
