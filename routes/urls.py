"""Pages about routes."""

from django.urls import path

from routes.views import assess, keep, library

app_name = "routes"
urlpatterns = [
    path("", library.list_, name="list"),
    path("import", keep.import_, name="import"),
    path("add", keep.add, name="add"),
    path("<uuid:pk>", library.show, name="show"),
    path("<uuid:pk>/edit", keep.edit, name="edit"),
    path("<uuid:pk>/archive", keep.archive, name="archive"),
    path("<uuid:pk>/bring-back", keep.bring_back, name="bring_back"),
    path("<uuid:pk>/assess", assess.begin, name="assess"),
    path("<uuid:pk>/assess/draft", assess.draft, name="assess_draft"),
    path("<uuid:pk>/assess/throw-away", assess.throw_away, name="throw_away_assessment"),
    path("<uuid:pk>/assessments/<int:version>", assess.signed, name="assessment"),
    path("<uuid:pk>/assessments/<int:version>/approve", assess.approve, name="approve_assessment"),
    path("<uuid:pk>/assessments/<int:version>/paper", assess.paper, name="assessment_paper"),
]
