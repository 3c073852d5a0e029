"""What the practice settles about its routes: whether a second person approves a risk assessment."""

import pytest
from django.urls import reverse

from practice.models import AuditEntry, Practice

WHERE = "practice:routes"


def test_the_owner_asks_for_a_second_person_and_takes_it_back(as_rosa, practice):
    assert "stands by it alone" in as_rosa.get(reverse("practice:team")).content.decode()
    assert as_rosa.post(reverse(WHERE), {"routes_need_approval": "on"}).status_code == 302
    assert Practice.load().routes_need_approval
    assert "A second person approves" in as_rosa.get(reverse("practice:team")).content.decode()
    assert "checked" in as_rosa.get(reverse(WHERE)).content.decode()
    as_rosa.post(reverse(WHERE), {})
    assert not Practice.load().routes_need_approval
    assert AuditEntry.objects.filter(body__contains="practice.routes_settled").count() == 2


@pytest.mark.parametrize("browser", ["as_anna", "as_olga", "as_mrs_lee"])
def test_others_do_not_know_the_page_is_there(request, browser):
    for method in ("get", "post"):
        answer = getattr(request.getfixturevalue(browser), method)(reverse(WHERE), {"routes_need_approval": "on"})
        assert answer.status_code == 404
    assert not Practice.load().routes_need_approval
