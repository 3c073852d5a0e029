"""Pages about clients, for staff."""

from django.urls import path

from clients.views import asq, client, consent, contacts, decision, enquiry, intake, plan, safety

app_name = "clients"
urlpatterns = [
    path("", client.listing, name="list"),
    path("enquiry", enquiry.new, name="new_enquiry"),
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
    path("<uuid:pk>/safety", safety.assess, name="assess"),
    path("<uuid:pk>/safety/<uuid:assessment_pk>", safety.assessment, name="assessment"),
    path("<uuid:pk>/safety/<uuid:assessment_pk>/print", safety.print_assessment, name="print_assessment"),
    path("<uuid:pk>/safety/paper/<uuid:paper_pk>", safety.paper, name="safety_paper"),
    path("<uuid:pk>/follow-up/<uuid:task_pk>", safety.follow_up, name="follow_up"),
    path("<uuid:pk>/plan", plan.show, name="plan"),
    path("<uuid:pk>/plan/<int:version>", plan.show, name="plan_version"),
    path("<uuid:pk>/plan/write", plan.write, name="write_plan"),
    path("<uuid:pk>/plan/print", plan.on_paper, name="print_plan"),
    path("<uuid:pk>/plan/send", plan.to_telephone, name="send_plan"),
    path("my-plan", plan.own, name="own_plan"),
    path("<uuid:pk>/decide", decision.decide, name="decide"),
    path("<uuid:pk>/decision/<uuid:decision_pk>", decision.one, name="decision"),
    path("<uuid:pk>/consents", consent.standing, name="consents"),
    path("<uuid:pk>/consents/ask", consent.ask, name="ask_consent"),
    path("<uuid:pk>/consents/<uuid:consent_pk>", consent.show, name="consent"),
    path("<uuid:pk>/consents/<uuid:consent_pk>/again", consent.again, name="consent_again"),
    path("<uuid:pk>/consents/<uuid:consent_pk>/withdraw", consent.withdraw, name="withdraw_consent"),
    path("<uuid:pk>/consents/<uuid:consent_pk>/paper", consent.paper, name="consent_paper"),
]
