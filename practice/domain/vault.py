"""The vault: AES-256-GCM envelopes, one data key a client, the key-encryption key outside the database.

An envelope is `version (1 byte) | data key id (16) | nonce (12) | ciphertext and tag`. The additional
authenticated data is `place | subject`, so that a blob moved to another row, column or client does not open.
Format and sizes: NIST SP 800-38D (96-bit nonces, 128-bit tags).
"""

import os
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from functools import lru_cache
from typing import Any
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.db import transaction

from practice.models.key import DataKey

VERSION = b"\x01"


class CannotBeRead(Exception):
    """Sealed text that this key does not open: changed, moved, or sealed with another key."""


def key_encryption_key() -> bytes:
    """The practice's own key, 32 bytes, from the environment; never from the database."""
    key: bytes = settings.ENVIRONMENT.key
    return key


def _encrypt(key: bytes, plain: bytes, aad: bytes) -> bytes:
    nonce = os.urandom(12)
    return nonce + AESGCM(key).encrypt(nonce, plain, aad)


def _decrypt(key: bytes, blob: bytes, aad: bytes) -> bytes:
    try:
        return AESGCM(key).decrypt(blob[:12], blob[12:], aad)
    except (InvalidTag, ValueError) as error:
        raise CannotBeRead("This text cannot be read with the practice's key.") from error


def _new_key(subject: UUID) -> DataKey:
    row = DataKey(subject=subject)
    row.wrapped = _encrypt(key_encryption_key(), os.urandom(32), b"datakey|" + row.id.bytes + subject.bytes)
    with transaction.atomic():
        DataKey.objects.bulk_create([row], ignore_conflicts=True)
    return DataKey.objects.get(subject=subject)


@lru_cache(maxsize=4096)
def _opened(key_id: UUID, subject: UUID, wrapped: bytes) -> bytes:
    return _decrypt(key_encryption_key(), wrapped, b"datakey|" + key_id.bytes + subject.bytes)


_at_hand: ContextVar[Mapping[UUID, DataKey] | None] = ContextVar("keys_at_hand", default=None)


@contextmanager
def keys_at_hand(subjects: Collection[UUID]) -> Iterator[None]:
    """Look up the data keys of many subjects once; what is opened within asks for none of them again."""
    token = _at_hand.set({row.subject: row for row in DataKey.objects.filter(subject__in=subjects)})
    try:
        yield
    finally:
        _at_hand.reset(token)


def _data_key(subject: UUID) -> tuple[UUID, bytes]:
    row = (_at_hand.get() or {}).get(subject) or DataKey.objects.filter(subject=subject).first() or _new_key(subject)
    return row.id, _opened(row.id, subject, bytes(row.wrapped))


def _data_keys(subjects: Collection[UUID]) -> dict[UUID, tuple[UUID, bytes]]:
    at_hand = _at_hand.get() or {}
    missing = set(subjects) - at_hand.keys()
    rows = [at_hand[one] for one in subjects if one in at_hand]
    rows += DataKey.objects.filter(subject__in=missing) if missing else ()
    return {row.subject: (row.id, _opened(row.id, row.subject, bytes(row.wrapped))) for row in rows}


def seal(*, subject: UUID, place: str, plain: bytes) -> bytes:
    """Seal bytes for a subject (a client's id) at a place (`app.model.field:row id`)."""
    return _close(_data_key(subject), subject, place, plain)


def unseal(*, subject: UUID, place: str, sealed: bytes) -> bytes:
    """Open what `seal` made for the same subject and place; anything else raises `CannotBeRead`."""
    return _open(_data_key(subject), subject, place, sealed)


def _close(data_key: tuple[UUID, bytes], subject: UUID, place: str, plain: bytes) -> bytes:
    key_id, key = data_key
    return VERSION + key_id.bytes + _encrypt(key, plain, f"{place}|{subject}".encode())


def _open(data_key: tuple[UUID, bytes], subject: UUID, place: str, sealed: bytes) -> bytes:
    if sealed[:1] != VERSION or len(sealed) < 45:
        raise CannotBeRead("This text cannot be read with the practice's key.")
    key_id, key = data_key
    if key_id.bytes != sealed[1:17]:
        raise CannotBeRead("This text was sealed with a key that is gone.")
    return _decrypt(key, sealed[17:], f"{place}|{subject}".encode())


def let_go() -> None:
    """Keep no opened key in this process: some of them may be gone."""
    _opened.cache_clear()


def wrap(secret: bytes, *, place: str) -> bytes:
    """Seal a secret of the practice itself (such as a second factor's seed) under its own key."""
    return VERSION + _encrypt(key_encryption_key(), secret, place.encode())


def unwrap(sealed: bytes, *, place: str) -> bytes:
    """Open what `wrap` made."""
    return _decrypt(key_encryption_key(), sealed[1:], place.encode())


def is_the_right_key() -> bool:
    """True when the practice's key opens the oldest data key, or nothing has been sealed yet."""
    row = DataKey.objects.order_by("made_at").first()
    if row is None:
        return True
    try:
        _opened(row.id, row.subject, bytes(row.wrapped))
    except CannotBeRead:
        return False
    return True


class Sealed(property):
    """Plain text on a model whose bytes lie sealed in a BinaryField.

    `reasoning = Sealed("reasoning_sealed")`; the model says whose text it is with a property `vault_subject`
    (a client's UUID), which must be known before the text is set. Nothing sealed reads as "".
    """

    def __init__(self, column: str) -> None:
        self.column = column
        super().__init__(self._read, self._write)

    def _place(self, row: Any) -> str:
        return f"{row._meta.label_lower}.{self.column}:{row.pk}"

    def _read(self, row: Any) -> str:
        sealed = getattr(row, self.column)
        if not sealed:
            return ""
        return unseal(subject=row.vault_subject, place=self._place(row), sealed=bytes(sealed)).decode()

    def read_each(self, rows: Sequence[Any]) -> list[str]:
        """The texts of several rows, whoever they are about, with one look at the keys."""
        keys = _data_keys({row.vault_subject for row in rows if getattr(row, self.column)})
        return [self._read_with(keys, row) for row in rows]

    def _read_with(self, keys: dict[UUID, tuple[UUID, bytes]], row: Any) -> str:
        sealed, subject = getattr(row, self.column), row.vault_subject
        if not sealed:
            return ""
        if subject not in keys:
            raise CannotBeRead("This text was sealed with a key that is gone.")
        return _open(keys[subject], subject, self._place(row), bytes(sealed)).decode()

    def rewrite(self, row: Any, change: Callable[[str], str]) -> None:
        """Put what becomes of the text in its place, with one look at the subject's key."""
        subject, place, sealed = row.vault_subject, self._place(row), bytes(getattr(row, self.column))
        key = _data_key(subject)
        text = change(_open(key, subject, place, sealed).decode() if sealed else "")
        setattr(row, self.column, _close(key, subject, place, text.encode()) if text else b"")

    def _write(self, row: Any, text: str) -> None:
        sealed = seal(subject=row.vault_subject, place=self._place(row), plain=text.encode()) if text else b""
        setattr(row, self.column, sealed)
