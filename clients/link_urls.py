"""Short addresses that clients reach by a mailed link: /i/… the intake, /s/… a consent."""

from django.urls import path

from clients.views import intake, signing, window

urlpatterns = [
    path("i/<str:token>/", intake.start, name="intake"),
    path("i/<str:token>/<int:number>", intake.part, name="intake_part"),
    path("s/<str:token>/", signing.page, name="sign_consent"),
    path("s/<str:token>/talk", signing.talk, name="talk_consent"),
    path("s/<str:token>/indoors", signing.indoors, name="decline_consent"),
    path("s/<str:token>/change-my-mind", signing.take_back, name="take_back_consent"),
    path("s/<str:token>/copy", signing.copy, name="consent_copy"),
    path("q/<str:token>/", window.answer, name="asq_window"),
]
