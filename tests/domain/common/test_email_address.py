"""Addresses: spellings of one mailbox are one, two mailboxes are never taken for one."""

import string
from collections.abc import Iterator

import pytest
from email_validator import EmailNotValidError, validate_email
from hypothesis import assume, example, given
from hypothesis import strategies as st

from campaign.domain.common.email_address import read_email_address, use_address_rules
from campaign.domain.common.invalid_input import InvalidInputError
from campaign.domain.common.mailbox_rules import AddressRules, read_mailbox_rules
from campaign.store.tables import signatures
from tests.domain.text_strategies import any_text, has_control_characters, likely_text


@pytest.fixture(autouse=True)
def _rules_of_no_site() -> Iterator[None]:
    """The rules as they are before a site sets its own."""
    use_address_rules(AddressRules())
    yield
    use_address_rules(AddressRules())


IN_FORM = "Enter an email address in the form name@example.org."
TOO_LONG = "That email address is too long. Check it for something pasted twice."


def key(text: str) -> str:
    return read_email_address(text).key


def refusal(text: str) -> str:
    with pytest.raises(InvalidInputError) as refused:
        read_email_address(text)
    return str(refused.value)


@pytest.mark.parametrize(
    ("mailbox", "spellings"),
    [
        (
            "adalovelace@gmail.com",
            [
                "adalovelace@gmail.com",
                "ada.lovelace@gmail.com",
                "a.d.a.lovelace@gmail.com",
                "AdaLovelace@GMAIL.com",
                "adalovelace+petitions@gmail.com",
                "ada.lovelace+a+b@googlemail.com",
                "ADA.LOVELACE@GoogleMail.Com",
            ],
        ),
        ("adalovelace@proton.me", ["ada.lovelace@proton.me", "ada-lovelace@pm.me", "ada_lovelace+x@protonmail.com"]),
        ("ada.l@icloud.com", ["ada.l@icloud.com", "Ada.L+x@me.com", "ada.l@mac.com"]),
        ("ada.l@fastmail.com", ["ada.l@fastmail.com", "ada.l+x@fastmail.com"]),
        ("ada.l@outlook.com", ["ada.l@outlook.com", "Ada.L+news@outlook.com"]),
        ("bob@example.com", ["bob@example.com", "bob+1@example.com", "Bob+2+3@EXAMPLE.com"]),
        ("bob@hotmail.fr", ["bob@hotmail.fr", "bob+1@hotmail.fr"]),
        ("ada.l@hotmail.co.uk", ["ada.l@hotmail.co.uk", "ada.l+x@HOTMAIL.co.uk"]),
    ],
)
def test_spellings_of_one_mailbox_are_one(mailbox: str, spellings: list[str]) -> None:
    assert {key(spelling) for spelling in spellings} == {mailbox}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("ada.lovelace@example.org", "adalovelace@example.org"),
        ("ada-x@example.org", "ada@example.org"),
        ("ada.l@outlook.com", "adal@outlook.com"),
        ("ada.l@icloud.com", "adal@icloud.com"),
        ("ada-l@gmail.com", "adal@gmail.com"),
        ("ada_l@gmail.com", "adal@gmail.com"),
        ("ada@outlook.com", "ada@hotmail.com"),
        ("ada@live.com", "ada@msn.com"),
        ("ada@mail.gmail.com", "ada@gmail.com"),
        ("ada.l@gmail.co", "adal@gmail.co"),
        ("+one@gmail.com", "+two@gmail.com"),
    ],
)
def test_two_mailboxes_are_never_taken_for_one(one: str, other: str) -> None:
    assert key(one) != key(other)


def test_an_operator_adds_rules_of_more_domains() -> None:
    use_address_rules(
        AddressRules(
            read_mailbox_rules("firm.example ignore=. tag=-; firma.example same=firm.example; old.example same=gmail.com;")
        )
    )
    assert {key(text) for text in ("a.da@firm.example", "ada-x@firm.example", "A.D.A+y@Firma.example")} == {"ada@firm.example"}
    assert key("a.da-x@other.example") == "a.da-x@other.example"
    assert key("a.da@old.example") == key("a.d.a@gmail.com") == "ada@gmail.com"
    assert read_email_address("A.da-x@firm.example").typed == "A.da-x@firm.example"
    assert key("-@firm.example") == "-@firm.example", "nothing but a tag keeps its spelling"


@pytest.mark.parametrize(
    "text",
    [
        "firm.example", "firm.example dots", "firm.example ignore=a", "firm.example ignore=", "firm ignore=.",
        "a_b.example tag=-",
        "firm.example ignore=. same=gmail.com", "firm.example same=", "firm.example ignore=. ignore=-", "ignore=. firm.example",
    ],
)  # fmt: skip
def test_a_rule_that_cannot_be_read_is_refused_in_words(text: str) -> None:
    with pytest.raises(ValueError, match=r"^(firm|ignore|“)"):
        read_mailbox_rules(text)


def test_an_address_is_kept_as_typed_for_sending() -> None:
    address = read_email_address("  Ada.Lovelace+petition@GoogleMail.com\n")
    assert address.typed == "Ada.Lovelace+petition@googlemail.com"
    assert address.key == "adalovelace@gmail.com"


def test_letter_case_makes_no_second_mailbox() -> None:
    assert key("ADA@EXAMPLE.ORG") == key("ada@example.org") == "ada@example.org"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("ada@bücher.example", "ada@xn--bcher-kva.example"),
        ("ada@BÜCHER.example", "ada@bücher.example"),
        ("ada@ｅｘａｍｐｌｅ.org", "ada@example.org"),
        ("ada@example。org", "ada@example.org"),
        ("ａｄａ@example.org", "ada@example.org"),
        ("ａｄａ＋x@gmail.com", "ada@gmail.com"),
        ("jose\u0301@example.org", "jos\u00e9@example.org"),
        ("STRASSE@example.org", "straße@example.org"),
    ],
)
def test_other_ways_of_writing_the_same_letters_are_one_mailbox(one: str, other: str) -> None:
    assert key(one) == key(other)


@pytest.mark.parametrize(
    "text",
    [
        "o'brien@example.org",
        "用户@例え.jp",
        "δοκιμή@παράδειγμα.gr",
        "a!#$%&'*/=?^_`{|}~-b@example.org",
        "x@sub.domain.example.co.uk",
        "1@example.org",
    ],
)
def test_unusual_addresses_that_take_mail_are_accepted(text: str) -> None:
    assert read_email_address(text).typed == text


@pytest.mark.parametrize(
    "pasted",
    [
        "\u200eann@example.org",
        "\u202aann@example.org\u202c",
        "ann@example.org\u200b",
        "\ufeffann@example.org",
        "mailto:ann@example.org",
        "Mailto:ann@example.org",
        "Ann Lee <ann@example.org>",
        "<ann@example.org>",
        "Ann <ann@example.org> Lee",
        "ann@example.org <ann@example.org>",
        "Ann <mailto:ann@example.org>",
        "ann@example.org.",
        "ann@example.org,",
        "ann @example.org",
        "ann@ example.org",
    ],
)
def test_what_comes_along_with_a_pasted_address_is_left_out(pasted: str) -> None:
    assert read_email_address(pasted).typed == "ann@example.org"


@pytest.mark.parametrize("text", ["", " ", "\t\r\n", "\u3000"])
def test_an_empty_address_is_asked_for(text: str) -> None:
    assert refusal(text) == "Enter your email address."


ONE_ONLY = "Enter one email address only."
NO_SPACES = "An email address has no spaces in it. Take them out."
NO_END = "The end of your email address is missing, like .org or .co.uk."
DOTS = "Your email address has a dot too many."


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("ada@@example.org", ONE_ONLY),
        ("ada@example.org,eve@example.org", ONE_ONLY),
        ("ada@example.org; eve@example.org", ONE_ONLY),
        ("ada@localhost", "Nobody can receive email at localhost. Enter another address."),
        ("ada@example", NO_END),
        ("ada@.example.org", DOTS),
        (".ada@example.org", DOTS),
        ("ada.@example.org", DOTS),
        ("ada..l@example.org", DOTS),
        ("ada@exam ple.org", NO_SPACES),
        ("ada lovelace@example.org", NO_SPACES),
        ("ada@nhs.invalid", "Nobody can receive email at nhs.invalid. Enter another address."),
        ("ada@printer.LOCAL", "Nobody can receive email at printer.LOCAL. Enter another address."),
        ("ada@nhs.test", "Nobody can receive email at nhs.test. Enter another address."),
    ],
)
def test_an_address_that_is_refused_is_told_why(text: str, why: str) -> None:
    assert refusal(text) == why


def test_addresses_for_tests_are_taken_where_mail_goes_to_the_development_mailbox() -> None:
    use_address_rules(AddressRules(takes_test_domains=True))
    assert read_email_address("ada+1@nhs.test").key == "ada@nhs.test"
    with pytest.raises(InvalidInputError):
        read_email_address("ada@nhs.invalid")


@pytest.mark.parametrize(
    "text",
    [
        "ada",
        "ada@",
        "@example.org",
        "ada＠example.org",
        '"ada"@example.org',
        "ada@[192.0.2.1]",
        "ada@[IPv6:2001:db8::1]",
        "ada@192.0.2.1",
        "ada@-example.org",
        "ada@exa_mple.org",
        "ada\\@example.org",
    ],
)
def test_what_is_no_address_is_refused(text: str) -> None:
    assert refusal(text) == IN_FORM


@pytest.mark.parametrize(
    "mark", ["\r\n", "\n", "\r", "\x00", "\x0b", "\x85", "\u2028", "\t", "\x1b", "\x7f", "\u202e", "\u200b"]
)
@pytest.mark.parametrize("template", ["ada@example.org{}Bcc: eve@example.org", "ada{}@example.org", "ada@exam{}ple.org"])
def test_no_mail_header_can_be_smuggled_in(mark: str, template: str) -> None:
    assert refusal(template.format(mark)) in (IN_FORM, ONE_ONLY, NO_SPACES)


def test_the_part_before_the_at_has_64_characters_at_most() -> None:
    assert read_email_address("a" * 64 + "@example.org").typed == "a" * 64 + "@example.org"
    assert refusal("a" * 65 + "@example.org") == IN_FORM


def test_an_address_has_254_characters_at_most() -> None:
    domain = ".".join(("b" * 63, "c" * 63, "d" * 57, "org"))
    longest = "a" * 64 + "@" + domain
    assert len(longest) == 254
    assert read_email_address(longest).typed == longest
    assert refusal("a" * 64 + "@" + "e" + domain) == TOO_LONG


@pytest.mark.parametrize(
    "text", ["a" * 288 + "@example.org", "ada@" + "example." * 36 + "org", "é" * 127 + "@x.org", "a" * 100_000]
)
def test_an_address_of_300_characters_is_refused_in_words(text: str) -> None:
    assert refusal(text) == TOO_LONG


def test_letters_that_fold_into_many_do_not_outgrow_their_column() -> None:
    assert refusal("\ufdfa" * 60 + "@example.org") == TOO_LONG


def test_half_a_character_is_refused_in_words() -> None:
    assert refusal("ada\ud800@example.org") == IN_FORM


_locals = st.text(string.ascii_letters + string.digits + ".+-_'", min_size=1, max_size=30) | likely_text
_domains = st.sampled_from(
    [
        "example.org",
        "gmail.com",
        "googlemail.com",
        "pm.me",
        "proton.me",
        "me.com",
        "outlook.com",
        "BÜCHER.de",
        "例え.jp",
        "xn--bcher-kva.de",
    ]
)
_addresses = st.builds("{}@{}".format, _locals, _domains)


@given(any_text | likely_text | _addresses)
@example("\ud800@example.org")
@example("\ufdfa" * 64 + "@example.org")
def test_reading_an_address_accepts_or_refuses_and_never_fails(text: str) -> None:
    try:
        address = read_email_address(text)
    except InvalidInputError:
        return
    assert len(address.typed) <= signatures.c.email.type.length
    assert len(address.typed.encode()) <= 254 * 4
    assert len(address.key) <= signatures.c.email_key.type.length
    assert not has_control_characters(address.typed + address.key)
    assert address.typed.count("@") == address.key.count("@") == 1


@given(_addresses)
def test_an_address_read_twice_is_the_same(text: str) -> None:
    try:
        once = read_email_address(text)
    except InvalidInputError:
        assume(False)
    assert read_email_address(once.typed) == once


@given(st.text(string.ascii_letters + string.digits + ".+-_'éñüøæçßåαβжЖ", min_size=1, max_size=30), _domains)
def test_upper_and_lower_case_are_one_mailbox(local: str, domain: str) -> None:
    try:
        found = key(f"{local}@{domain}")
    except InvalidInputError:
        assume(False)
    assert key(f"{local.upper()}@{domain}") == key(f"{local.lower()}@{domain.upper()}") == found


@given(
    st.text(string.ascii_lowercase + string.digits, min_size=1, max_size=20),
    st.text(string.ascii_lowercase, max_size=8),
    st.data(),
)
def test_dots_and_tags_make_no_second_gmail_mailbox(name: str, tag: str, data: st.DataObject) -> None:
    dotted = "".join(c + data.draw(st.sampled_from(("", "."))) for c in name[:-1]) + name[-1]
    assert key(f"{dotted}+{tag}@googlemail.com") == key(f"{name}@gmail.com") == f"{name}@gmail.com"
    # Elsewhere dots may make somebody else of it; tags never do.
    assert (key(f"{dotted}@example.org") == key(f"{name}@example.org")) is (dotted == name)
    assert key(f"{name}+{tag}@example.org") == key(f"{name}@example.org")


@given(
    st.text("aZ9._+-'é", min_size=1, max_size=70) | st.sampled_from(["Info", "POSTMASTER", "a" * 64, "a" * 65]),
    st.text("aX9-.é", min_size=1, max_size=70)
    | st.sampled_from(["example.org", "Example.org", "xn--bcher-kva.example", "xn--.org", "a.test", "localhost", "a.b"]),
)
@example("ada", "example.org")
@example("a..b", "example.org")
@example("ada", "-a.org")
@example("ada", "a" * 64 + ".org")
def test_an_address_is_read_as_the_library_reads_it_however_common_it_is(local: str, domain: str) -> None:
    """Also the second time, whatever is kept of the first."""
    assume(not domain.endswith("."))
    text = f"{local}@{domain}"
    try:
        found: str | None = validate_email(text, check_deliverability=False, strict=True).normalized
    except EmailNotValidError:
        found = None
    for _ in range(2):
        try:
            assert read_email_address(text).typed == found
        except InvalidInputError:
            assert found is None
