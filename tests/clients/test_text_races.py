"""Two who write or publish the same text at the same moment, on committed rows."""

from clients.domain import consent_drafts
from clients.domain.consent_files import Draft
from clients.models import ConsentDraft, ConsentText
from practice.models import AuditEntry, Role
from tests import factories
from tests.clients.test_consent_races import _at_once


def _begin():
    factories.practice()
    return factories.user("Rosa Venn", Role.OWNER), consent_drafts.find("data", "en")


def test_of_two_who_keep_at_once_one_is_told(fresh_db):
    rosa, sheet = _begin()

    def keep(number):
        draft = Draft("data", "en", f"Title {number}", sheet.draft.modes, sheet.draft.body)
        try:
            return consent_drafts.save(draft, stamp=sheet.stamp, by=rosa).draft.title
        except consent_drafts.Stale as stale:
            return stale.sheet

    kept, told = sorted(_at_once(2, keep), key=lambda one: isinstance(one, consent_drafts.Sheet))
    assert ConsentDraft.objects.get().title == kept == told.draft.title


def test_published_twice_at_once_is_one_version(fresh_db):
    rosa, sheet = _begin()

    def publish(_number):
        try:
            return consent_drafts.publish(sheet, stamp=sheet.stamp, renews=True, by=rosa).version
        except consent_drafts.NotReady as refused:
            return refused.reasons

    made = _at_once(3, publish)
    assert made.count(1) == 1 and made.count(["Nothing has changed since version 1."]) == 2
    assert ConsentText.objects.count() == 1
    assert sum('"consent_text.published"' in entry.body for entry in AuditEntry.objects.all()) == 1
