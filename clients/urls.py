"""Pages about clients, for staff."""

from django.urls import path

from clients.views import (
    alert,
    answer,
    asq,
    baseline,
    client,
    consent,
    contacts,
    decision,
    enquiry,
    intake,
    recording,
    rules,
    window,
)

app_name = "clients"
urlpatterns = [
    path("", client.listing, name="list"),
    path("enquiry", enquiry.new, name="new_enquiry"),
    path("rules", rules.listing, name="rules"),
    path("rules/<slug:key>", rules.change, name="rule"),
    path("instruments", rules.instruments, name="instruments"),
    path("instruments/<slug:key>/<slug:language>/away", rules.take_away, name="take_away_pack"),
    path("<uuid:pk>/", client.show, name="show"),
    path("<uuid:pk>/admit", enquiry.admit, name="admit"),
    path("<uuid:pk>/close", enquiry.close, name="close"),
    path("<uuid:pk>/contact", contacts.contact, name="contact"),
    path("<uuid:pk>/contact/<uuid:point_pk>", contacts.contact, name="edit_contact"),
    path("<uuid:pk>/contact/<uuid:point_pk>/remove", contacts.remove_contact, name="remove_contact"),
    path("<uuid:pk>/emergency-contact", contacts.emergency, name="emergency_contact"),
    path("<uuid:pk>/intake", intake.send, name="send_intake"),
    path("<uuid:pk>/intake/<uuid:screening_pk>", intake.together, name="together"),
    path("<uuid:pk>/intake/<uuid:screening_pk>/<int:number>", intake.together_part, name="together_part"),
    path("<uuid:pk>/intake/<uuid:screening_pk>/<int:number>/keep", answer.together_keep, name="together_keep"),
    path("<uuid:pk>/answers/<uuid:screening_pk>", decision.answers, name="answers"),
    path("<uuid:pk>/asq", asq.record, name="asq"),
    path("<uuid:pk>/asq/<uuid:screening_pk>", asq.now, name="asq_now"),
    path("<uuid:pk>/ask/<slug:kind>", recording.here, name="ask_here"),
    path("<uuid:pk>/decide", decision.decide, name="decide"),
    path("<uuid:pk>/decision/<uuid:decision_pk>", decision.one, name="decision"),
    path("<uuid:pk>/consents", consent.standing, name="consents"),
    path("<uuid:pk>/consents/ask", consent.ask, name="ask_consent"),
    path("<uuid:pk>/consents/<uuid:consent_pk>", consent.show, name="consent"),
    path("<uuid:pk>/consents/<uuid:consent_pk>/again", consent.again, name="consent_again"),
    path("<uuid:pk>/consents/<uuid:consent_pk>/withdraw", consent.withdraw, name="withdraw_consent"),
    path("<uuid:pk>/consents/<uuid:consent_pk>/paper", consent.paper, name="consent_paper"),
    # who has heard of a worrying answer
    path("<uuid:pk>/alert/<uuid:alert_pk>", alert.show, name="alert"),
    path("alerts/<uuid:alert_pk>", alert.cover, name="cover_alert"),
    path("<uuid:pk>/known", baseline.write, name="baseline"),
    path("<uuid:pk>/asq/window", window.ask, name="ask_window"),
    path("windows/<uuid:window_pk>", window.watch, name="watch"),
]
