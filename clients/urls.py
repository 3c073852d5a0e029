"""Pages about clients, for staff."""

from django.urls import URLPattern

app_name = "clients"
urlpatterns: list[URLPattern] = []
