"""Names as people have them."""

import pytest

from clients.models import Client

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("name", ["ß" * 160, "ﬃ" * 120, "Ó", "عمر", "Zoë 🌿", "O’Brien-Łukasz"])
def test_any_name_is_kept_and_found(name):
    made = Client.objects.create(name=name)
    made.refresh_from_db()
    assert made.name == name
    assert list(Client.objects.named(name[:3])) == [made]
