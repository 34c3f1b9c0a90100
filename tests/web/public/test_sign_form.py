"""The sign form, read: each rule a campaign can set for its fields, and what is kept of what was typed."""

import itertools
from typing import get_args

import pytest

from campaign.domain.campaigns.campaign import FieldRule, PostcodeRule, SignFormFields, SupportersRule
from campaign.domain.signatures.attribution import Attribution
from campaign.domain.signatures.consent import CURRENT_UPDATES_WORDING
from campaign.store.signatures.signatures import SignFormData
from campaign.web.public.sign_form import TEXT_FIELDS, SignForm, read_sign_form

TYPED = {
    "name": " Ada  Lovelace ",
    "email": "Ada+pond@GoogleMail.com",
    "country": "gb",
    "postcode": "sw1a1aa",
    "comment": "Keep it.",
}
NO_COUNTRY, NO_POSTCODE = "Choose your country.", "Enter your postcode."
NO_UK_POSTCODE, NO_COMMENT = "Enter your postcode, like SW1A 1AA.", "Write a comment."


def read(asked: SignFormFields | None = None, **typed: str) -> tuple[SignForm, SignFormData | None]:
    return read_sign_form({**TYPED, **typed}, asked or SignFormFields(), "browser-hash", Attribution("leaflet", ""))


def accepted(asked: SignFormFields | None = None, **typed: str) -> SignFormData:
    form, submission = read(asked, **typed)
    assert form.errors == {}
    assert submission is not None
    return submission


def errors(asked: SignFormFields | None = None, **typed: str) -> dict[str, str]:
    form, submission = read(asked, **typed)
    assert (submission is None) is bool(form.errors)
    return dict(form.errors)


def test_a_form_without_errors_makes_a_submission() -> None:
    form, submission = read(public="y", updates="y")
    assert form == SignForm(values=TYPED, errors={}, public=True, updates=True)
    assert submission == SignFormData(
        name="Ada Lovelace", email="Ada+pond@googlemail.com", email_key="ada@gmail.com", country="GB", postcode="SW1A 1AA",
        comment="Keep it.", public=True, updates=True, updates_wording=CURRENT_UPDATES_WORDING, source="leaflet",
        browser_hash="browser-hash",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("ticked", "kept"), [({}, False), ({"updates": ""}, False), ({"updates": "y"}, True), ({"updates": "on"}, True)]
)
def test_consent_is_given_only_by_ticking_and_recorded_with_its_words(ticked: dict[str, str], kept: bool) -> None:
    submission = accepted(**ticked)
    assert (submission.updates, submission.updates_wording) == (kept, CURRENT_UPDATES_WORDING if kept else "")
    assert submission.public is False


def test_one_consent_is_not_the_other() -> None:
    submission = accepted(public="y")
    assert (submission.public, submission.updates, submission.updates_wording) == (True, False, "")


def test_who_is_not_asked_to_be_shown_has_not_agreed_to_it() -> None:
    typed = {**TYPED, "public": "1", "updates": "1"}
    for rule in get_args(SupportersRule):
        form, submission = read_sign_form(typed, SignFormFields(), "", supporters=rule)
        assert submission is not None
        assert submission.public is form.public is (rule != "no")
        assert submission.updates


def test_nothing_typed_is_an_error_at_each_field_that_is_required_in_the_order_of_the_form() -> None:
    form, submission = read_sign_form({}, SignFormFields(comment="required"), "")
    assert submission is None
    assert form.values == dict.fromkeys(TEXT_FIELDS, "")
    assert list(form.errors.items()) == [
        ("name", "Enter your name."),
        ("email", "Enter your email address."),
        ("country", NO_COUNTRY),
        ("comment", NO_COMMENT),
    ]


@pytest.mark.parametrize("field", ["name", "email"])
def test_name_and_address_are_always_required(field: str) -> None:
    nothing_else = SignFormFields(country="no", postcode="no", comment="no")
    assert list(errors(nothing_else, **{field: "  "})) == [field]


# Country


@pytest.mark.parametrize(
    ("rule", "typed", "kept"),
    [
        ("required", "fr", "FR"),
        ("optional", "fr", "FR"),
        ("optional", "", ""),
        ("optional", "  ", ""),
        ("no", "fr", ""),
        ("no", "nonsense", ""),
        ("no", "", ""),
    ],
)
def test_a_country_is_kept_as_the_campaign_asks(rule: FieldRule, typed: str, kept: str) -> None:
    assert accepted(SignFormFields(country=rule, postcode="no"), country=typed).country == kept


@pytest.mark.parametrize(
    ("rule", "typed", "error"),
    [
        ("required", "", NO_COUNTRY),
        ("required", "XX", "Choose a country from the list."),
        ("optional", "XX", "Choose a country from the list."),
    ],
)
def test_a_wrong_country_is_refused(rule: FieldRule, typed: str, error: str) -> None:
    assert errors(SignFormFields(country=rule, postcode="no"), country=typed) == {"country": error}


# Postcode


@pytest.mark.parametrize(
    ("rule", "country", "typed", "kept"),
    [
        ("required-in-gb", "GB", "sw1a 1aa", "SW1A 1AA"),
        ("required-in-gb", "FR", "75001", ""),
        ("required-in-gb", "FR", "<nonsense>", ""),
        ("required-in-gb", "IE", "", ""),
        ("required", "GB", "sw1a 1aa", "SW1A 1AA"),
        ("required", "FR", "75001", "75001"),
        ("optional", "GB", "sw1a 1aa", "SW1A 1AA"),
        ("optional", "GB", "", ""),
        ("optional", "FR", "  ", ""),
        ("optional", "FR", "75001", "75001"),
        ("no", "GB", "sw1a 1aa", ""),
        ("no", "GB", "<nonsense>", ""),
        ("no", "FR", "", ""),
    ],
)
def test_a_postcode_is_kept_as_the_campaign_asks(rule: PostcodeRule, country: str, typed: str, kept: str) -> None:
    assert accepted(SignFormFields(postcode=rule), country=country, postcode=typed).postcode == kept


@pytest.mark.parametrize(
    ("rule", "country", "typed", "error"),
    [
        ("required-in-gb", "GB", "", NO_UK_POSTCODE),
        ("required-in-gb", "GB", "75001", "Enter a full UK postcode, like SW1A 1AA."),
        ("required", "GB", "", NO_UK_POSTCODE),
        ("required", "FR", "", NO_POSTCODE),
        ("required", "FR", "<nonsense>", "Enter a postcode of at most 12 letters, digits and spaces."),
        ("optional", "GB", "SW1A", "Enter a full UK postcode, like SW1A 1AA."),
        ("optional", "FR", "<nonsense>", "Enter a postcode of at most 12 letters, digits and spaces."),
    ],
)
def test_a_wrong_postcode_is_refused(rule: PostcodeRule, country: str, typed: str, error: str) -> None:
    assert errors(SignFormFields(postcode=rule), country=country, postcode=typed) == {"postcode": error}


@pytest.mark.parametrize("rule", get_args(PostcodeRule))
@pytest.mark.parametrize("country", ["", "XX"])
def test_while_the_country_is_in_doubt_one_error_is_enough(rule: PostcodeRule, country: str) -> None:
    assert list(errors(SignFormFields(postcode=rule), country=country, postcode="")) == ["country"]


def test_a_postcode_may_be_required_where_no_country_is_asked_for() -> None:
    asked = SignFormFields(country="no", postcode="required")
    assert errors(asked, postcode="") == {"postcode": NO_POSTCODE}
    submission = accepted(asked, postcode="SW1A 1AA")
    assert (submission.country, submission.postcode) == ("", "SW1A 1AA")


def test_a_postcode_may_be_required_where_the_country_is_left_open() -> None:
    asked = SignFormFields(country="optional", postcode="required")
    assert accepted(asked, country="", postcode="75001").postcode == "75001"
    assert errors(asked, country="", postcode="") == {"postcode": NO_POSTCODE}


# Comment


@pytest.mark.parametrize(
    ("rule", "typed", "kept"),
    [
        ("required", " It is old. ", "It is old."),
        ("optional", "It is old.", "It is old."),
        ("optional", " \r\n ", ""),
        ("no", "It is old.", ""),
        ("no", "x" * 10_000, ""),
    ],
)
def test_a_comment_is_kept_as_the_campaign_asks(rule: FieldRule, typed: str, kept: str) -> None:
    assert accepted(SignFormFields(comment=rule), comment=typed).comment == kept


@pytest.mark.parametrize(
    ("rule", "typed", "error"),
    [
        ("required", "", NO_COMMENT),
        ("required", " \n ", NO_COMMENT),
        ("required", "\ufeff", NO_COMMENT),
        ("required", "www.example.net", "Your comment cannot contain a web address."),
        ("optional", "www.example.net", "Your comment cannot contain a web address."),
        ("optional", "x" * 501, "Your comment must be 500 characters or fewer. It has 501."),
    ],
)
def test_a_wrong_comment_is_refused(rule: FieldRule, typed: str, error: str) -> None:
    assert errors(SignFormFields(comment=rule), comment=typed) == {"comment": error}


# What was typed


def test_what_was_typed_is_kept_as_it_was_typed() -> None:
    form, submission = read(name="<b>Ada</b> www.example.net", email="ada@", postcode="sw1a", comment="x" * 600)
    assert submission is None
    assert list(form.errors) == ["name", "email", "postcode", "comment"]
    assert form.value("name") == "<b>Ada</b> www.example.net"
    assert (form.value("email"), form.value("country"), form.value("postcode")) == ("ada@", "gb", "sw1a")
    assert form.value("comment") == "x" * 600


def test_no_more_is_shown_again_than_a_page_should_carry() -> None:
    form, _ = read(name="x" * 1_000_000, comment="y" * 1_000_000)
    assert max(len(value) for value in form.values.values()) == 2_000


def test_fields_nobody_asked_for_are_not_kept() -> None:
    form, submission = read(is_admin="1", state="verified", source="forged", browser_hash="forged", browser="forged")
    assert set(form.values) == set(TEXT_FIELDS)
    assert submission is not None
    assert (submission.source, submission.browser_hash) == ("leaflet", "browser-hash")


def test_a_field_that_was_not_sent_is_empty() -> None:
    assert SignForm().value("name") == ""


_every_rule = [
    SignFormFields(country=country, postcode=postcode, comment=comment)
    for country, postcode, comment in itertools.product(get_args(FieldRule), get_args(PostcodeRule), get_args(FieldRule))
    # The one pair no campaign can have.
    if postcode != "required-in-gb" or country == "required"
]


@pytest.mark.parametrize("asked", _every_rule, ids=lambda asked: f"{asked.country}-{asked.postcode}-{asked.comment}")
def test_whatever_is_typed_is_a_submission_or_has_errors(asked: SignFormFields) -> None:
    some = ("GB", "FR", "", "XX", "SW1A 1AA", "75001", " ", "\x00", "x" * 501, "\ud800")
    for country, postcode, comment in itertools.product(some, some, some):
        form, submission = read(asked, country=country, postcode=postcode, comment=comment)
        assert (submission is None) is bool(form.errors)
        assert set(form.errors) <= {"country", "postcode", "comment"}
        if submission is None:
            continue
        assert bool(submission.country) or asked.country != "required"
        assert bool(submission.comment) or asked.comment != "required"
        assert bool(submission.postcode) or asked.postcode != "required"
        assert bool(submission.postcode) or asked.postcode != "required-in-gb" or submission.country != "GB"
        assert not (submission.country and asked.country == "no")
        assert not (submission.postcode and asked.postcode == "no")
        assert not (submission.comment and asked.comment == "no")
