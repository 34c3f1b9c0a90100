"""Signed links: ours can be read, nobody else's can, and what one is for is all it is good for."""

import base64
import hashlib
import string
import time

import pytest
from itsdangerous import Signer, TimestampSigner

from campaign.security.tokens import THANKS_COOKIE_SECONDS, InvalidTokenError, SignatureRef, SignedTokens, VerificationRef

OLD, OLDER, NEW, FOREIGN = "a" * 64, "b" * 64, "c" * 64, "d" * 64
SITE = "https://sign.example.org"
LARGEST = 2**63 - 1
KEY = "0123456789abcdef"


def links(secret: str = NEW, *fallbacks: str) -> SignedTokens:
    return SignedTokens(secret, fallbacks, SITE)


class LateSigner(TimestampSigner):
    """Signs as one did a while ago."""

    ago = 0

    def get_timestamp(self) -> int:
        return int(time.time()) - self.ago


def thanks_from(ago: int) -> str:
    signer = LateSigner(NEW, salt="thanks", key_derivation="hmac", digest_method=hashlib.sha256)
    signer.ago = ago
    return signer.sign(f"7-{KEY}").decode()


def typed_from(ago: int, secret: str = NEW) -> str:
    signer = LateSigner(secret, salt="typed", key_derivation="hmac", digest_method=hashlib.sha256)
    signer.ago = ago
    return signer.sign(base64.urlsafe_b64encode(b"ada@example.org")).decode()


@pytest.mark.parametrize(("signature_id", "edition"), [(1, 1), (12, 3), (LARGEST, 2**31 - 1)])
def test_a_link_says_what_it_was_made_of(signature_id: int, edition: int) -> None:
    ours = links()
    assert ours.read_verify(ours.verify_token(signature_id, KEY, edition)) == VerificationRef(signature_id, KEY, edition)
    assert ours.read_manage(ours.manage_token(signature_id, KEY)) == SignatureRef(signature_id, KEY)
    assert ours.read_thanks(ours.thanks_cookie(SignatureRef(signature_id, KEY))) == SignatureRef(signature_id, KEY)


def test_a_link_can_be_read_by_another_process_with_the_same_key() -> None:
    assert links().read_manage(links().manage_token(5, KEY)) == SignatureRef(5, KEY)
    assert links().manage_token(5, KEY) == links().manage_token(5, KEY)


def test_a_link_is_no_good_for_another_purpose() -> None:
    ours = links()
    tokens = {
        "verify": ours.verify_token(7, KEY, 1),
        "manage": ours.manage_token(7, KEY),
        "thanks": ours.thanks_cookie(SignatureRef(7, KEY)),
        "typed": ours.typed_address_cookie("ada@example.org"),
        "share": ours.share_code(SignatureRef(7, KEY)),
    }
    readers = {
        "verify": ours.read_verify,
        "manage": ours.read_manage,
        "thanks": ours.read_thanks,
        "typed": ours.read_typed_address,
    }
    for made_for, token in tokens.items():
        for used_for, read in readers.items():
            if made_for != used_for:
                with pytest.raises(InvalidTokenError):
                    read(token)


@pytest.mark.parametrize("kind", ["verify", "manage", "thanks", "typed"])
def test_a_link_with_one_character_changed_is_not_ours(kind: str) -> None:
    ours = links()
    token = {
        "verify": ours.verify_token(71, KEY, 2),
        "manage": ours.manage_token(71, KEY),
        "thanks": ours.thanks_cookie(SignatureRef(71, KEY)),
        "typed": ours.typed_address_cookie("ada@example.org"),
    }[kind]
    readers = {
        "verify": ours.read_verify,
        "manage": ours.read_manage,
        "thanks": ours.read_thanks,
        "typed": ours.read_typed_address,
    }
    read = readers[kind]
    # The last character of the signature carries four bits only, so that some others say the same.
    for place in range(len(token) - 1):
        for other in ("0", "9", "A", "z", "-", "."):
            if other != token[place]:
                with pytest.raises(InvalidTokenError):
                    read(token[:place] + other + token[place + 1 :])


@pytest.mark.parametrize(
    "change", [lambda t: t[:-1], lambda t: t[:-20], lambda t: t + "AAAA", lambda t: "1" + t, lambda t: t[1:]]
)
def test_a_link_that_was_cut_or_lengthened_is_not_ours(change: object) -> None:
    ours = links()
    with pytest.raises(InvalidTokenError):
        ours.read_verify(change(ours.verify_token(71, KEY, 2)))  # type: ignore[operator]


@pytest.mark.parametrize(
    "token",
    [
        "",
        ".",
        "1",
        "1-1",
        "1-1.",
        "..",
        "1-1." + "A" * 43,
        "é",
        "\x00",
        "\ud800",
        "1-1.é",
        "A" * 10_000,
        "7.\udfff",
        "%00",
        "-",
    ],
)
def test_nonsense_is_not_ours(token: str) -> None:
    for read in (links().read_verify, links().read_manage, links().read_thanks, links().read_typed_address):
        with pytest.raises(InvalidTokenError):
            read(token)


def test_a_link_signed_with_another_key_is_not_ours() -> None:
    foreign = links(FOREIGN)
    with pytest.raises(InvalidTokenError):
        links(NEW, OLD).read_verify(foreign.verify_token(1, KEY, 1))
    with pytest.raises(InvalidTokenError):
        links(NEW, OLD).read_manage(foreign.manage_token(1, KEY))
    with pytest.raises(InvalidTokenError):
        links(NEW, OLD).read_thanks(foreign.thanks_cookie(SignatureRef(1, KEY)))


def test_links_work_on_while_their_key_is_a_fallback() -> None:
    rotated = links(NEW, OLD, OLDER)
    for former in (OLD, OLDER, NEW):
        assert rotated.read_verify(links(former).verify_token(7, KEY, 2)) == VerificationRef(7, KEY, 2)
        assert rotated.read_manage(links(former).manage_token(7, KEY)) == SignatureRef(7, KEY)
        assert rotated.read_thanks(links(former).thanks_cookie(SignatureRef(7, KEY))) == SignatureRef(7, KEY)


def test_new_links_are_signed_with_the_new_key() -> None:
    assert links(NEW, OLD, OLDER).manage_token(7, KEY) == links(NEW).manage_token(7, KEY)
    assert links(NEW).read_verify(links(NEW, OLD, OLDER).verify_token(7, KEY, 1)) == VerificationRef(7, KEY, 1)


def test_links_end_when_their_key_is_no_fallback_any_more() -> None:
    with pytest.raises(InvalidTokenError):
        links(NEW, OLD).read_manage(links(OLDER).manage_token(7, KEY))


def test_a_link_cannot_be_guessed() -> None:
    for token in (links().verify_token(1, KEY, 1), links().manage_token(1, KEY), links().thanks_cookie(SignatureRef(1, KEY))):
        proof = token.rpartition(".")[2]
        assert len(base64.urlsafe_b64decode(proof + "=" * (-len(proof) % 4))) * 8 >= 128


def test_links_of_two_signatures_have_nothing_in_common_but_their_form() -> None:
    proofs = {links().manage_token(number, KEY).rpartition(".")[2] for number in range(50)}
    assert len(proofs) == 50
    editions = {links().verify_token(1, KEY, edition).rpartition(".")[2] for edition in range(50)}
    assert len(editions) == 50


def test_a_link_survives_being_typed_into_a_mail() -> None:
    """A mail program ends a link at a character that is none of an address; a full stop at the end is left out by some."""
    safe = set(string.ascii_letters + string.digits + "-_.")
    for number in range(200):
        for token in (links().verify_token(number, KEY, 1), links().manage_token(number, KEY)):
            assert set(token) <= safe
            assert not token.endswith(".")


def test_the_thank_you_page_is_there_for_an_hour() -> None:
    assert links().read_thanks(thanks_from(0)) == SignatureRef(7, KEY)
    assert links().read_thanks(thanks_from(THANKS_COOKIE_SECONDS - 60)) == SignatureRef(7, KEY)
    with pytest.raises(InvalidTokenError):
        links().read_thanks(thanks_from(THANKS_COOKIE_SECONDS + 2))


def test_an_address_that_was_typed_is_known_for_an_hour() -> None:
    assert links().read_typed_address(typed_from(0)) == "ada@example.org"
    assert links(NEW, OLD).read_typed_address(typed_from(THANKS_COOKIE_SECONDS - 60, OLD)) == "ada@example.org"
    for value in (typed_from(THANKS_COOKIE_SECONDS + 2), typed_from(0, FOREIGN)):
        with pytest.raises(InvalidTokenError):
            links().read_typed_address(value)


@pytest.mark.parametrize(
    "address", ["ada@example.org", "a+b.c_d'e@example.org", "siân@pŵll.example", "用户@例子.广告", "x" * 64 + "@" + "y" * 189]
)
def test_an_address_that_was_typed_is_read_as_it_was_and_fits_a_cookie(address: str) -> None:
    value = links().typed_address_cookie(address)
    assert links().read_typed_address(value) == address
    assert set(value) <= set(string.ascii_letters + string.digits + "-_.=")
    assert len(value) < 1_500
    assert address not in value


def test_a_share_code_is_of_one_signature_and_of_no_key() -> None:
    code = SignedTokens.share_code(SignatureRef(7, KEY))
    assert len(code) == 22
    assert set(code) <= set(string.ascii_letters + string.digits + "-_")
    # It was printed on paper: whatever becomes of the secret key, it stays as it is.
    assert links(NEW, OLD).share_code(SignatureRef(7, KEY)) == links(FOREIGN).share_code(SignatureRef(7, KEY)) == code
    assert code == "wQo9uN9yHJn0tlDipu_zGg"


def test_no_two_signatures_share_a_code() -> None:
    owners = [SignatureRef(number, key) for number in range(100) for key in (KEY, KEY[::-1])]
    # The parts of a row cannot be told from the code, nor run into each other.
    owners += [SignatureRef(1, "1" + KEY[1:]), SignatureRef(11, KEY[1:])]
    assert len({SignedTokens.share_code(own) for own in owners}) == len(owners)
    assert not any(
        str(own.signature_id) == SignedTokens.share_code(own) or own.link_key in SignedTokens.share_code(own) for own in owners
    )


def test_links_to_ones_own_signature_never_end() -> None:
    token = Signer(NEW, salt="manage", key_derivation="hmac", digest_method=hashlib.sha256).sign(f"7-{KEY}").decode()
    assert links().manage_token(7, KEY) == token
    assert links().read_manage(token) == SignatureRef(7, KEY)


def test_the_key_itself_is_not_in_anything_we_give_away() -> None:
    ours = links("correct-horse-battery-staple-and-more")
    given = (
        ours.verify_token(1, KEY, 1),
        ours.manage_token(1, KEY),
        ours.mailbox_hash("ada@example.org"),
        ours.message_id(1, "x.org"),
    )
    assert not any("correct" in text or "staple" in text for text in given)


def test_a_mailbox_is_counted_under_a_name_that_says_nothing_without_the_key() -> None:
    name = links().mailbox_hash("ada@example.org")
    assert len(bytes.fromhex(name)) * 8 == 128
    assert name == links(NEW, OLD).mailbox_hash("ada@example.org")
    assert name != links().mailbox_hash("eve@example.org")
    assert name != links(FOREIGN).mailbox_hash("ada@example.org")
    assert name not in hashlib.sha256(b"ada@example.org").hexdigest()


def test_a_message_is_called_the_same_at_every_attempt() -> None:
    name = links().message_id(7, "sign.example.org")
    assert name == links().message_id(7, "sign.example.org")
    assert name != links().message_id(8, "sign.example.org")
    assert name != links(FOREIGN).message_id(7, "sign.example.org")
    assert name.startswith("<7.")
    assert name.endswith("@sign.example.org>")


def test_a_link_leads_to_this_site() -> None:
    assert links().absolute_url("/c/save-the-pond") == "https://sign.example.org/c/save-the-pond"
