"""The vault: what is sealed opens for the same client and place, and for nothing else."""

import uuid

import pytest
from django.db import connection

from practice.domain import vault
from practice.models import DataKey
from tests import factories

pytestmark = pytest.mark.django_db
WORDS = "canary: she said that the mornings are the worst"


@pytest.fixture
def subject() -> uuid.UUID:
    return uuid.uuid4()


def test_a_client_s_words_lie_sealed(mrs_lee):
    mrs_lee.wish = WORDS
    mrs_lee.save(update_fields=["wish_sealed"])
    with connection.cursor() as cursor:
        cursor.execute("SELECT wish_sealed FROM clients_client WHERE id = %s", [mrs_lee.pk])
        assert b"canary" not in bytes(cursor.fetchone()[0])
    mrs_lee.refresh_from_db()
    assert mrs_lee.wish == WORDS


def test_nothing_sealed_reads_as_nothing(mrs_lee):
    assert mrs_lee.wish == ""


def test_a_blob_moved_to_another_client_does_not_open(anna, mrs_lee):
    other = factories.client("Other Person", anna)
    mrs_lee.wish = other.wish = WORDS
    other.wish_sealed = mrs_lee.wish_sealed
    with pytest.raises(vault.CannotBeRead):
        _ = other.wish


@pytest.mark.parametrize("position", [0, 1, 20, 35, -1])
def test_one_flipped_byte_is_refused(subject, position):
    sealed = bytearray(vault.seal(subject=subject, place="here", plain=b"words"))
    sealed[position] ^= 1
    with pytest.raises(vault.CannotBeRead):
        vault.unseal(subject=subject, place="here", sealed=bytes(sealed))


def test_a_blob_moved_to_another_column_does_not_open(subject):
    sealed = vault.seal(subject=subject, place="note", plain=b"words")
    with pytest.raises(vault.CannotBeRead):
        vault.unseal(subject=subject, place="answers", sealed=sealed)


def test_one_key_a_client(subject):
    vault.seal(subject=subject, place="a", plain=b"1")
    vault.seal(subject=subject, place="b", plain=b"2")
    assert DataKey.objects.filter(subject=subject).count() == 1


def test_another_practice_s_key_opens_nothing(subject, monkeypatch):
    sealed = vault.seal(subject=subject, place="here", plain=b"words")
    assert vault.is_the_right_key()
    monkeypatch.setattr(vault, "key_encryption_key", lambda: b"\x07" * 32)
    vault._opened.cache_clear()
    assert not vault.is_the_right_key()
    with pytest.raises(vault.CannotBeRead):
        vault.unseal(subject=subject, place="here", sealed=sealed)
    vault._opened.cache_clear()


def test_rows_of_several_people_are_read_with_one_look_at_the_keys(anna, mrs_lee, django_assert_num_queries):
    people = [mrs_lee, factories.client("Other Person", anna), factories.client("Without Words", anna)]
    for number, person in enumerate(people[:2]):
        person.wish = f"{WORDS} {number}"
    with django_assert_num_queries(1):
        assert type(mrs_lee).wish.read_each(people) == [f"{WORDS} 0", f"{WORDS} 1", ""]
    people[2].wish_sealed = people[0].wish_sealed
    with pytest.raises(vault.CannotBeRead):
        type(mrs_lee).wish.read_each(people)
