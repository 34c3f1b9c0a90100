"""The mailbox domain that was probably meant: offered, never forced, and never offered for a domain that is somebody's."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaign.domain.signatures.mail_domains import COMMON_DOMAINS, suggested_address
from tests.domain.text_strategies import any_text


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("gmial.com", "gmail.com"), ("gmal.com", "gmail.com"), ("gmaill.com", "gmail.com"), ("gnail.com", "gmail.com"),
        ("gmail.con", "gmail.com"), ("gmail.co", "gmail.com"), ("gmail.cm", "gmail.com"), ("gmail.om", "gmail.com"),
        ("gmailcom", "gmail.com"), ("gmail.com.", "gmail.com"), ("gmail..com", "gmail.com"), ("gamil.con", "gmail.com"),
        ("gmail.co.uk", "gmail.com"), ("gmail.uk", "gmail.com"), ("gmail.org", "gmail.com"), ("GMIAL.COM", "gmail.com"),
        ("googelmail.com", "googlemail.com"), ("hotmial.com", "hotmail.com"), ("hotmal.co.uk", "hotmail.co.uk"),
        ("hotmail.co.k", "hotmail.co.uk"), ("hotmail.couk", "hotmail.co.uk"), ("hotmail.com.uk", "hotmail.co.uk"),
        ("homtail.con", "hotmail.com"), ("outlok.com", "outlook.com"), ("outllok.com", "outlook.com"),
        ("outlook.co", "outlook.com"), ("yaho.com", "yahoo.com"), ("yahoo.co", "yahoo.com"), ("yhaoo.co.uk", "yahoo.co.uk"),
        ("icloud.con", "icloud.com"), ("iclould.com", "icloud.com"), ("icloud.co.uk", "icloud.com"),
        ("btintenet.com", "btinternet.com"), ("btinternet.co.uk", "btinternet.com"), ("virginmeda.com", "virginmedia.com"),
        ("talktalk.ner", "talktalk.net"), ("sky.con", "sky.com"), ("aol.co", "aol.com"), ("alo.com", "aol.com"),
        ("me.con", "me.com"), ("live.con", "live.com"), ("live.couk", "live.co.uk"), ("protonmial.com", "protonmail.com"),
        ("oragne.fr", "orange.fr"), ("fere.fr", "free.fr"),
    ],
)  # fmt: skip
def test_a_mistyped_domain_is_told_from_what_was_meant(typed: str, meant: str) -> None:
    assert suggested_address(f"Ann.Jones+pond@{typed}") == f"Ann.Jones+pond@{meant}"


@pytest.mark.parametrize("domain", COMMON_DOMAINS)
def test_a_common_domain_is_never_questioned(domain: str) -> None:
    assert suggested_address(f"ann@{domain}") == suggested_address(f"ann@{domain.upper()} ") == ""


@pytest.mark.parametrize(
    "domain",
    [
        "gmx.com", "gmx.de", "gmx.co.uk", "ymail.com", "email.com", "mail.com", "mail.ru", "mail.de", "rocketmail.com",
        "hotmail.de", "hotmail.it", "hotmail.es", "hotmail.be", "hotmail.com.ar", "yahoo.fr", "yahoo.de", "yahoo.ca",
        "yahoo.ie", "yahoo.in", "yahoo.com.br", "yahoo.co.in", "yahoo.co.jp", "yahoo.co.nz", "live.nl", "live.fr", "live.ca",
        "outlook.de", "outlook.ie", "outlook.com.au", "hey.com", "pm.me", "protonmail.ch", "zoho.eu", "aol.co.uk", "aol.de",
        "bt.com", "talk21.com", "virgin.net", "cloud.com", "online.de", "orange.com", "inbox.com", "ao.com", "al.com",
        "say.com", "spy.com", "ski.com", "web.com", "he.com", "life.com", "love.com", "five.com", "nhs.uk", "wales.nhs.uk",
        "nhs.scot", "mc.com", "amc.com", "msc.com", "hail.com", "mall.com", "mac.org", "example.org", "cardiff.ac.uk",
    ],
)  # fmt: skip
def test_another_real_domain_is_never_questioned(domain: str) -> None:
    assert suggested_address(f"ann@{domain}") == ""


@pytest.mark.parametrize("address", ["", "ann", "@", "ann@", "@gmial.com", "gmial.com", " ", "ann@" + "gmail.com" * 9])
def test_what_is_no_address_is_left_to_others(address: str) -> None:
    assert suggested_address(address) == ""


def slips(domain: str) -> st.SearchStrategy[str]:
    """The domain with one slip of a finger in it, or two."""
    at = st.integers(0, len(domain) - 1)
    letter = st.sampled_from("abcdefghijklmnopqrstuvwxyz0123456789.-")
    return st.one_of(
        at.map(lambda i: domain[:i] + domain[i + 1 :]),
        at.map(lambda i: domain[:i] + domain[i : i + 2][::-1] + domain[i + 2 :]),
        st.tuples(at, letter).map(lambda slip: domain[: slip[0]] + slip[1] + domain[slip[0] :]),
        st.tuples(at, letter).map(lambda slip: domain[: slip[0]] + slip[1] + domain[slip[0] + 1 :]),
    )


mistyped = st.sampled_from(COMMON_DOMAINS).flatmap(slips) | st.sampled_from(COMMON_DOMAINS).flatmap(slips).filter(bool).flatmap(
    slips
)


@given(any_text, mistyped | any_text)
def test_a_suggestion_changes_the_domain_and_nothing_else(local: str, domain: str) -> None:
    address = f"{local}@{domain}"
    offered = suggested_address(address)
    if offered:
        before, _, typed = address.rpartition("@")
        kept, _, meant = offered.rpartition("@")
        assert kept == before
        assert meant in COMMON_DOMAINS
        assert meant != typed.strip().lower()
        assert suggested_address(offered) == ""


long_names = st.sampled_from([domain for domain in COMMON_DOMAINS if domain.index(".") > 6])


@given(long_names.flatmap(lambda meant: st.tuples(st.just(meant), slips(meant.partition(".")[0]))))
def test_a_slip_in_a_long_name_is_always_noticed(typed: tuple[str, str]) -> None:
    meant, name = typed
    domain = f"{name}.{meant.partition('.')[2]}"
    assert suggested_address(f"ann@{domain}") == ("" if domain == meant else f"ann@{meant}")
