"""What the tests of this app share: the texts that came with the product, published."""

from typing import Any

import pytest


@pytest.fixture
def texts(db: None) -> dict[str, Any]:
    """Every shipped text, by key."""
    from clients.domain import consent_texts  # this file is read before Django is set up

    consent_texts.publish_shipped()
    return {text.key: text for text in consent_texts.current()}


@pytest.fixture
def text(texts: dict[str, Any]) -> Any:
    """The one for sitting and walking."""
    return texts["outdoors"]
