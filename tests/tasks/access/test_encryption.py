"""Sealed secrets: opened with the same key only, and never the same twice."""

import pytest

from tasks.access.encryption import seal, unseal
from transcripts.errors.error_kinds import PermanentError

SECRET = "ein langes Geheimnis, das nur unsere Rechner kennen"
ADDRESS = "https://example.org/rec?pwd=geheim"


def test_what_was_sealed_is_opened_with_the_same_key() -> None:
    sealed = seal(ADDRESS, SECRET)
    assert "geheim" not in sealed
    assert unseal(sealed, SECRET) == ADDRESS


def test_the_same_text_is_never_sealed_the_same_way() -> None:
    assert seal(ADDRESS, SECRET) != seal(ADDRESS, SECRET)


@pytest.mark.parametrize("sealed", [seal(ADDRESS, SECRET + "!"), seal(ADDRESS, SECRET)[:-2] + "A=", "", "§"])
def test_another_key_or_a_changed_text_is_refused(sealed: str) -> None:
    with pytest.raises(PermanentError, match="secret_changed"):
        unseal(sealed, SECRET)
