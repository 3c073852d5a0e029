"""Short addresses that clients reach by a mailed link.

/i/â¦ the intake, /s/â¦ a consent, /c/â¦ has anything changed?, /p/â¦ a plan for harder days, /stop/â¦ no more messages.
/verify is open to everyone. /hooks/â¦ is what the provider of text messages calls, with its signature.
"""

from django.urls import path

from clients.views import answer, checking, help_now, hooks, intake, plan, review, signing, stopping, window

urlpatterns = [
    path("i/<str:token>/", intake.start, name="intake"),
    path("i/<str:token>/<int:number>", intake.part, name="intake_part"),
    path("i/<str:token>/<int:number>/keep", answer.keep, name="intake_keep"),
    path("s/<str:token>/", signing.start, name="sign_consent"),
    path("s/<str:token>/<uuid:pk>/", signing.page, name="consent_page"),
    path("s/<str:token>/<uuid:pk>/screen", signing.disclose, name="disclose_consent"),
    path("s/<str:token>/<uuid:pk>/talk", signing.talk, name="talk_consent"),
    path("s/<str:token>/<uuid:pk>/indoors", signing.indoors, name="decline_consent"),
    path("s/<str:token>/<uuid:pk>/change-my-mind", signing.take_back, name="take_back_consent"),
    path("s/<str:token>/<uuid:pk>/copy", signing.copy, name="consent_copy"),
    path("q/<str:token>/", window.answer, name="asq_window"),
    path("i/<str:token>/<int:number>/help", help_now.page, name="intake_help"),
    path("c/<str:token>/", review.asked, name="review"),
    path("p/<str:token>/", plan.on_phone, name="plan_on_phone"),
    path("p/<str:token>/copy", plan.copy, name="plan_copy"),
    path("stop/<str:token>/", stopping.stop, name="stop_messages"),
    path("verify", checking.check, name="verify"),
    path("hooks/text", hooks.text, name="text_hook"),
    path("hooks/text/status", hooks.text_status, name="text_status_hook"),
]
