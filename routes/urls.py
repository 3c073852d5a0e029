"""Pages about routes."""

from django.urls import path

from routes.views import assess, cards, closing, keep, library, light, limits, order, paths, photos

app_name = "routes"
urlpatterns = [
    path("", library.list_, name="list"),
    path("import", keep.import_, name="import"),
    path("draw", paths.draw, name="draw"),
    path("add", keep.add, name="add"),
    path("order", order.order, name="order"),
    path("limits", limits.limits, name="limits"),
    path("<uuid:pk>", library.show, name="show"),
    path("<uuid:pk>/light", light.year, name="light"),
    path("<uuid:pk>/path", paths.change, name="path"),
    path("<uuid:pk>/route.gpx", paths.gpx, name="gpx"),
    path("<uuid:pk>/card.pdf", cards.route_card, name="card"),
    path("<uuid:pk>/emergency", cards.emergency, name="emergency"),
    path("<uuid:pk>/emergency.pdf", cards.emergency_card, name="emergency_card"),
    path("<uuid:pk>/edit", keep.edit, name="edit"),
    path("<uuid:pk>/archive", keep.archive, name="archive"),
    path("<uuid:pk>/bring-back", keep.bring_back, name="bring_back"),
    path("<uuid:pk>/close", closing.close, name="close"),
    path("<uuid:pk>/open", closing.open_again, name="open"),
    path("<uuid:pk>/ask-again", closing.ask_again, name="ask_again"),
    path("<uuid:pk>/photo", photos.take, name="take_photo"),
    path("<uuid:pk>/hazards/<int:hazard_pk>/photo", photos.take, name="take_hazard_photo"),
    path("<uuid:pk>/photos/<uuid:paper_pk>", photos.photo, name="photo"),
    path("<uuid:pk>/assess", assess.begin, name="assess"),
    path("<uuid:pk>/assess/draft", assess.draft, name="assess_draft"),
    path("<uuid:pk>/assess/throw-away", assess.throw_away, name="throw_away_assessment"),
    path("<uuid:pk>/assessments/<int:version>", assess.signed, name="assessment"),
    path("<uuid:pk>/assessments/<int:version>/approve", assess.approve, name="approve_assessment"),
    path("<uuid:pk>/assessments/<int:version>/paper", assess.paper, name="assessment_paper"),
]
