"""Short addresses that clients reach by a mailed link: /i/… the intake, /s/… a consent."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
