"""The app of clients."""

from django.apps import AppConfig


class ClientsConfig(AppConfig):
    """For whom."""

    name = "clients"
