"""Sealed secrets: read with the key they were sealed with, by whom they are for, and by nobody else."""

import pytest

from campaign.security.encryption import DecryptionError, TextCipher

OLD, NEW, FOREIGN = "a" * 64, "c" * 64, "d" * 64


def test_a_sealed_secret_is_opened_for_whom_it_is() -> None:
    token = TextCipher(NEW, ()).encrypt(7, "JBSWY3DPEHPK3PXP")
    assert TextCipher(NEW, ()).decrypt(7, token) == "JBSWY3DPEHPK3PXP"
    assert "JBSWY3DPEHPK3PXP" not in token


def test_nobody_else_can_open_it_with_it_in_their_row() -> None:
    token = TextCipher(NEW, ()).encrypt(7, "secret")
    for other in (1, 77, 70):
        with pytest.raises(DecryptionError):
            TextCipher(NEW, ()).decrypt(other, token)


def test_with_another_key_it_stays_sealed() -> None:
    token = TextCipher(NEW, ()).encrypt(7, "secret")
    for sealer in (TextCipher(FOREIGN, ()), TextCipher(FOREIGN, (OLD,))):
        with pytest.raises(DecryptionError):
            sealer.decrypt(7, token)
        with pytest.raises(DecryptionError):
            sealer.reencrypt(token)


def test_an_old_key_still_opens_it_while_it_is_a_fallback() -> None:
    token = TextCipher(OLD, ()).encrypt(7, "secret")
    assert TextCipher(NEW, (OLD,)).decrypt(7, token) == "secret"
    with pytest.raises(DecryptionError):
        TextCipher(NEW, ()).decrypt(7, token)


def test_renewed_it_needs_the_old_key_no_longer() -> None:
    token = TextCipher(NEW, (OLD,)).reencrypt(TextCipher(OLD, ()).encrypt(7, "secret"))
    assert TextCipher(NEW, ()).decrypt(7, token) == "secret"
    with pytest.raises(DecryptionError):
        TextCipher(OLD, ()).decrypt(7, token)


@pytest.mark.parametrize("token", ["", "nonsense", "é", "gAAAA", "\x00", "A" * 5000])
def test_nonsense_opens_nothing(token: str) -> None:
    with pytest.raises(DecryptionError):
        TextCipher(NEW, ()).decrypt(7, token)
