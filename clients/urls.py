"""Pages about clients, for staff."""

from django.urls import path

from clients.views import asq, client, consent, contacts, decision, enquiry, intake, measures, recording, rules

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
    path("<uuid:pk>/answers/<uuid:screening_pk>", decision.answers, name="answers"),
    path("<uuid:pk>/asq", asq.record, name="asq"),
    path("<uuid:pk>/asq/<uuid:screening_pk>", asq.now, name="asq_now"),
    path("<uuid:pk>/ask/<slug:kind>", recording.here, name="ask_here"),
    path("<uuid:pk>/decide", decision.decide, name="decide"),
    path("<uuid:pk>/decision/<uuid:decision_pk>", decision.one, name="decision"),
    path("<uuid:pk>/over-time", measures.over_time, name="over_time"),
    path("<uuid:pk>/over-time/plan", measures.plan, name="measure_plan"),
    path("<uuid:pk>/over-time/stop", measures.stop, name="stop_measures"),
    path("<uuid:pk>/over-time/agree", measures.agree, name="agree_charts"),
    path("mine/over-time", measures.mine, name="own_lines"),
    path("<uuid:pk>/consents", consent.standing, name="consents"),
    path("<uuid:pk>/consents/ask", consent.ask, name="ask_consent"),
    path("<uuid:pk>/consents/<uuid:consent_pk>", consent.show, name="consent"),
    path("<uuid:pk>/consents/<uuid:consent_pk>/again", consent.again, name="consent_again"),
    path("<uuid:pk>/consents/<uuid:consent_pk>/withdraw", consent.withdraw, name="withdraw_consent"),
    path("<uuid:pk>/consents/<uuid:consent_pk>/paper", consent.paper, name="consent_paper"),
]
