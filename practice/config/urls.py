"""Every address of the product. The only place, with the settings, that names every app."""

from django.conf import settings
from django.urls import include, path

from practice.views import demo, health, home

urlpatterns = [
    path("", home.home, name="home"),
    path("hand-back", home.hand_back, name="hand_back"),
    path("account/", include("allauth.urls")),
    path("practice/", include("practice.urls")),
    path("clients/", include("clients.urls")),
    path("routes/", include("routes.urls")),
    path("sessions/", include("sessions.urls")),
    path("", include("clients.link_urls")),
    path("", include("sessions.link_urls")),
    path("livez", health.livez, name="livez"),
    path("readyz", health.readyz, name="readyz"),
    path("healthz", health.healthz, name="healthz"),
]
if settings.MODE != "practice":
    urlpatterns += [
        path("demo/mail", demo.mail, name="demo_mail"),
        path("demo/mail/<str:name>", demo.letter, name="demo_letter"),
        path("demo/mail/<str:name>/page", demo.letter_page, name="demo_letter_page"),
    ]
handler400 = "practice.views.errors.bad_request"
handler403 = "practice.views.errors.forbidden"
handler404 = "practice.views.errors.not_found"
handler500 = "practice.views.errors.broken"
