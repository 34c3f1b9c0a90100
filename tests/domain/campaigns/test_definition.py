"""A campaign as its maker writes it down: read as meant, refused by the name of the field."""

import hashlib
import json
import tomllib
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import pytest

from campaign.domain.campaigns.campaign import SignFormFields
from campaign.domain.campaigns.definition import (
    DEFAULT_GOALS,
    CampaignDefinition,
    InvalidFieldsError,
    language_version,
    read_definition,
    text_hash,
)
from campaign.domain.campaigns.next_step import NextStep
from campaign.domain.campaigns.text import PageTexts
from campaign.domain.campaigns.window import GRACE
from campaign.domain.common.invalid_input import InvalidInputError
from campaign.store.tables import campaigns, texts, translations

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
WRITTEN: dict[str, Any] = {
    "slug": "save-the-pond",
    "title": "Save the village pond",
    "ask": "Keep the pond.",
    "closes_at": datetime(2027, 3, 31, 23, 59, 59),
}
WELSH = {"title": "Achubwch y pwll", "ask": "Cadwch y pwll."}
TEXT = {"slug": "save-the-pond", "title": "Save", "recipient": "The council", "ask": "Keep it.", "background": "It is old."}


def read(**changes: Any) -> CampaignDefinition:
    return read_definition({**WRITTEN, **changes}, NOW)


def test_four_fields_make_a_campaign() -> None:
    definition = read()
    assert (definition.slug, definition.title, definition.ask) == ("save-the-pond", "Save the village pond", "Keep the pond.")
    assert definition.opens_at == NOW
    assert (definition.recipient, definition.background, definition.note, definition.contact) == ("", "", "", "")
    assert (definition.grace, definition.time_zone, definition.goals) == (GRACE, "Europe/London", DEFAULT_GOALS)
    assert definition.form_fields == SignFormFields()
    assert (definition.language, definition.translations, definition.supporters) == ("en", (), "first-name")
    assert (definition.accent, definition.picture, definition.picture_alt, definition.share_text) == ("", "", "", "")
    assert (definition.controller, definition.privacy) == ("", "")


def test_a_whole_file_is_read_as_written() -> None:
    definition = read_definition(
        tomllib.loads(
            """
            slug = "pond"
            title = "Save the pond"
            recipient = "The parish council"
            ask = "Keep it."
            background = '''
It is old.\r

It is loved.
'''
            note = "A note."
            contact = "pond@example.org"
            opens_at = 2026-12-01T09:00:00Z
            closes_at = 2027-01-31T23:59:59+01:00
            grace_hours = 1.5
            time_zone = "Europe/Paris"
            goals = [5, 50]
            fields = { country = "optional", postcode = "no", comment = "required" }
            language = "cy"
            accent = " #7A1F5C "
            picture = "pond.jpg"
            picture_alt = "Hwyaid"
            share_text = "Dewch!"
            supporters = "full-name"
            controller = "The Pond Society\\n1 Water Lane"
            organiser = " The Pond\\nSociety "
            organiser_url = "https://pond.example.org/us "
            organiser_about = "Neighbours."
            goal_notes = " 50 : the parish  council answers\\n\\n5: we meet"
            next_step = "join"
            next_step_url = " https://pond.example.org/join"
            next_step_label = " Join\\nus "
            next_step_text = "We are forty."
            privacy = "We *shred* it."
            summary = "A pond is to go."
            thank_you = "*Diolch!*"
            recipient_kind = "council"

            [translations.en]
            title = "Save the pond"
            ask = "  Keep it.  "
            picture_alt = "Ducks"
            note = "A note in English."

            [translations.ar]
            title = "أنقذوا البركة"
            recipient = "المجلس"
            ask = "أبقوها."
            background = "قديمة."
            picture_alt = "بط"
            share_text = "تعالوا"
            privacy = "خاص"
            """.replace("\r", "")
        ),
        NOW,
    )
    assert definition == CampaignDefinition(
        slug="pond", title="Save the pond", recipient="The parish council", ask="Keep it.",
        background="It is old.\n\nIt is loved.", note="A note.", contact="pond@example.org",
        opens_at=datetime(2026, 12, 1, 9, tzinfo=UTC), closes_at=datetime(2027, 1, 31, 22, 59, 59, tzinfo=UTC),
        grace=timedelta(minutes=90), time_zone="Europe/Paris", goals=(5, 50),
        form_fields=SignFormFields(country="optional", postcode="no", comment="required"), language="cy", accent="#7a1f5c",
        picture="pond.jpg", picture_alt="Hwyaid", share_text="Dewch!", supporters="full-name",
        controller="The Pond Society\n1 Water Lane", organiser="The Pond Society",
        organiser_url="https://pond.example.org/us", organiser_about="Neighbours.",
        goal_notes="5: we meet\n50: the parish council answers", next_step=NextStep("join", "https://pond.example.org/join"),
        next_step_label="Join us", next_step_text="We are forty.",
        privacy="We *shred* it.", summary="A pond is to go.",
        thank_you="*Diolch!*", recipient_kind="council",
        translations=(
            language_version(
                "pond", "ar", title="أنقذوا البركة", recipient="المجلس", ask="أبقوها.", background="قديمة.",
                picture_alt="بط", share_text="تعالوا", privacy="خاص",
            ),
            language_version(
                "pond", "en", title="Save the pond", ask="Keep it.", picture_alt="Ducks", note="A note in English.",
                share_text="", privacy="",
            ),
        ),
    )  # fmt: skip


def test_a_time_without_an_offset_is_a_clock_on_the_wall() -> None:
    # British Summer Time, an hour before UTC, has begun by then.
    assert read().closes_at == datetime(2027, 3, 31, 22, 59, 59, tzinfo=UTC)
    assert read(closes_at=datetime(2027, 3, 28)).closes_at == datetime(2027, 3, 28, tzinfo=UTC)
    assert read(closes_at=datetime(2027, 3, 29)).closes_at == datetime(2027, 3, 28, 23, tzinfo=UTC)
    assert read(time_zone="Asia/Tokyo").closes_at == datetime(2027, 3, 31, 14, 59, 59, tzinfo=UTC)


@pytest.mark.parametrize(
    "closes_at",
    [
        datetime(2027, 3, 27, 23, 59, 59),
        datetime(2027, 10, 30, 23, 59, 59),
    ],
)
def test_the_grace_is_as_long_on_the_night_the_clocks_change(closes_at: datetime) -> None:
    definition = read(closes_at=closes_at, grace_hours=24)
    ends = definition.closes_at + definition.grace
    assert ends.astimezone(UTC) - definition.closes_at.astimezone(UTC) == timedelta(hours=24)


def test_texts_are_trimmed_and_their_lines_end_alike() -> None:
    assert read(background="  One.\r\n\r\nTwo.  \r\n").background == "One.\n\nTwo."


@pytest.mark.parametrize("slug", ["a", "1", "nhs-reinstatement-bill", "a" * 80, "2026", "a--b"])
def test_a_slug_is_small_letters_digits_and_hyphens(slug: str) -> None:
    assert read(slug=slug).slug == slug
    assert len(slug) <= campaigns.c.slug.type.length


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("slug", ""),
        ("slug", "A"),
        ("slug", "-a"),
        ("slug", "a-"),
        ("slug", "a b"),
        ("slug", "a_b"),
        ("slug", "a" * 81),
        ("slug", "a\n"),
        ("slug", "ä"),
        ("slug", 7),
        ("title", ""),
        ("title", "  "),
        ("title", 7),
        ("title", "a" * 151),
        ("title", "a\x00b"),
        ("recipient", "a" * 201),
        ("recipient", ["a"]),
        ("ask", ""),
        ("ask", "a" * 1001),
        ("background", "a" * 50_001),
        ("background", "\x00"),
        ("note", "a" * 501),
        ("contact", "a" * 255),
        ("time_zone", "Europe/Nowhere"),
        ("time_zone", ""),
        ("time_zone", "../etc/passwd"),
        ("time_zone", "Europe"),
        ("time_zone", "a" * 5000),
        ("time_zone", "\x00"),
        ("time_zone", 1),
        ("opens_at", "2026-12-01"),
        ("opens_at", date(2026, 12, 1)),
        ("opens_at", 20261201),
        ("opens_at", datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=14)))),
        ("closes_at", "tomorrow"),
        ("closes_at", date(2027, 3, 31)),
        ("closes_at", NOW),
        ("closes_at", NOW - timedelta(seconds=1)),
        ("opens_at", datetime(2027, 3, 28, 1, 30)),
        ("closes_at", datetime(2027, 3, 28, 1, 0)),
        ("closes_at", datetime(2027, 3, 28, 1, 59, 59)),
        ("closes_at", datetime.max),  # noqa: DTZ901
        ("closes_at", datetime.max.replace(tzinfo=timezone(timedelta(hours=-12)))),
        ("grace_hours", -1),
        ("retention_months", 0),
        ("retention_months", 121),
        ("retention_months", 1.0),
        ("retention_months", True),
        ("grace_hours", 336.5),
        ("grace_hours", float("nan")),
        ("grace_hours", float("inf")),
        ("grace_hours", True),
        ("grace_hours", "24"),
        ("goals", []),
        ("goals", [0]),
        ("goals", [10, 5]),
        ("goals", [5, 5]),
        ("goals", [1.5]),
        ("goals", [True]),
        ("goals", ["5"]),
        ("goals", 5),
        ("goals", list(range(1, 22))),
        ("goals", [100_000_001]),
        ("fields", "all"),
        ("fields.country", {"country": "maybe"}),
        ("fields.country", {"country": ["required"]}),
        ("fields.postcode", {"postcode": "yes"}),
        ("fields.comment", {"comment": True}),
        ("fields.comment", {"comment": "required-in-gb"}),
        ("fields.telephone", {"telephone": "required"}),
        ("fields.postcode", {"country": "optional"}),
        ("fields.postcode", {"country": "no", "postcode": "required-in-gb"}),
        ("colour", "green"),
        ("language", ""),
        ("language", "EN"),
        ("language", "en-GB"),
        ("language", "english"),
        ("language", 7),
        ("language", None),
        ("accent", "green"),
        ("accent", "#12345"),
        ("accent", "#7a1f5c; color: red"),
        ("accent", 0x7A1F5C),
        ("accent", ["#7a1f5c"]),
        ("share_text", "a" * 201),
        ("share_text", 7),
        ("picture", 7),
        ("picture", "a\x00b"),
        ("picture", "a" * 1_001),
        ("picture_alt", {"picture": "pond.jpg"}),
        ("picture_alt", "a" * 251),
        ("supporters", "all"),
        ("supporters", True),
        ("supporters", ["no"]),
        ("controller", "a" * 1_001),
        ("controller", "\x00"),
        ("privacy", "a" * 10_001),
        ("summary", "a" * 301),
        ("thank_you", "a" * 2_001),
        ("recipient_kind", "king"),
        ("recipient_kind", ["council"]),
        ("translations", "cy"),
        ("translations", []),
        ("translations", {f"a{chr(97 + n)}": {} for n in range(21)}),
        ("translations.cy", {"cy": "Achubwch y pwll"}),
        ("translations.en", {"en": WELSH}),
        ("translations.CY", {"CY": WELSH}),
        ("translations.cy-GB", {"cy-GB": WELSH}),
        ("translations.cy.title", {"cy": {"ask": "Cadwch y pwll."}}),
        ("translations.cy.ask", {"cy": {"title": "Achubwch y pwll"}}),
        ("translations.cy.title", {"cy": {**WELSH, "title": "a" * 151}}),
        ("translations.cy.ask", {"cy": {**WELSH, "ask": ["Cadwch"]}}),
        ("translations.cy.note", {"cy": {**WELSH, "note": "a\x00b"}}),
        ("translations.cy.share_text", {"cy": {**WELSH, "share_text": "a" * 201}}),
        # What a campaign has once, whatever its language, is no part of a translation.
        ("translations.cy.slug", {"cy": {**WELSH, "slug": "pwll"}}),
        ("translations.cy.contact", {"cy": {**WELSH, "contact": "pwll@example.org"}}),
        ("translations.cy.picture", {"cy": {**WELSH, "picture": "pwll.jpg"}}),
    ],
)
def test_a_refusal_is_one_line_that_names_its_field(field: str, value: Any) -> None:
    with pytest.raises(InvalidInputError) as refused:
        # A field that is wrong by what another says is written with it.
        read(**({field.split(".", maxsplit=1)[0]: value} if field != "picture_alt" or isinstance(value, str) else value))
    assert str(refused.value).startswith(f"{field}: ")
    assert "\n" not in str(refused.value)


def test_all_that_is_wrong_is_known_at_once_by_its_field() -> None:
    with pytest.raises(InvalidFieldsError) as wrong:
        read(
            slug="A", title="", ask="a" * 1_001, opens_at="soon", closes_at=NOW, goals=[5, 5], accent="green", colour="green",
            fields={"country": "maybe", "comment": "maybe"}, translations={"cy": {"ask": "\x00"}, "zz": WELSH},
        )  # fmt: skip
    assert set(wrong.value.errors) == {
        "slug", "title", "ask", "opens_at", "closes_at", "goals", "accent", "colour", "fields.country", "fields.comment",
        "translations.cy.title", "translations.cy.ask", "translations.zz",
    }  # fmt: skip
    first, words = next(iter(wrong.value.errors.items()))
    assert str(wrong.value) == f"{first}: {words}"


def test_a_picture_is_described_in_every_language() -> None:
    with pytest.raises(InvalidInputError, match=r"^translations\.cy\.picture_alt: say in a sentence what the picture shows"):
        read(picture="pond.jpg", picture_alt="Ducks", translations={"cy": WELSH})
    translated = read(picture="pond.jpg", picture_alt="Ducks", translations={"cy": {**WELSH, "picture_alt": "Hwyaid"}})
    assert [version.page_texts.picture_alt for version in translated.versions] == ["Ducks", "Hwyaid"]
    # Words about a picture that is not there harm nobody.
    assert read(picture_alt="Ducks").picture == ""


@pytest.mark.parametrize(
    ("accent", "read_as"), [("#7a1f5c", "#7a1f5c"), ("#7A1F5C", "#7a1f5c"), ("#0a0", "#00aa00"), ("", ""), (" ", "")]
)
def test_an_accent_is_a_colour_as_style_sheets_write_it(accent: str, read_as: str) -> None:
    assert read(accent=accent).accent == read_as


def test_a_campaign_speaks_its_main_language_first_and_the_others_in_the_order_of_their_codes() -> None:
    definition = read(language="en", translations={"cy": WELSH, "ar": WELSH, "gd": WELSH})
    assert [version.language for version in definition.versions] == ["en", "ar", "cy", "gd"]
    assert definition.main_version.text.title == "Save the village pond"
    assert definition.main_version.text.hash == text_hash(
        slug="save-the-pond", title="Save the village pond", recipient="", ask="Keep the pond.", background=""
    )


def test_each_language_has_a_text_of_its_own_and_nothing_of_another() -> None:
    definition = read(
        recipient="The council", background="It is old.", note="A note.", share_text="Come!", privacy="We shred it.",
        translations={"cy": WELSH},
    )  # fmt: skip
    (welsh,) = definition.translations
    assert welsh.text.hash == text_hash(
        slug="save-the-pond", title="Achubwch y pwll", recipient="", ask="Cadwch y pwll.", background=""
    )
    assert welsh.text.hash != definition.main_version.text.hash
    assert welsh.page_texts == PageTexts()


def test_the_longest_texts_of_a_translation_fit_their_columns() -> None:
    (welsh,) = read(translations={"cy": {**WELSH, "share_text": "ŵ" * 200, "picture_alt": "ŵ" * 250}}).translations
    assert len(welsh.page_texts.share_text) <= translations.c.share_text.type.length
    assert len(welsh.page_texts.picture_alt) <= translations.c.picture_alt.type.length


def test_twenty_other_languages_are_enough_and_allowed() -> None:
    spoken = (
        "cy",
        "fr",
        "de",
        "es",
        "it",
        "pt",
        "nl",
        "pl",
        "cs",
        "da",
        "sv",
        "fi",
        "el",
        "hu",
        "ro",
        "bg",
        "hr",
        "sk",
        "sl",
        "ga",
    )
    assert len(read(translations=dict.fromkeys(spoken, WELSH)).versions) == 21


@pytest.mark.parametrize("code", ["zz", "qq", "xyz"])
def test_a_language_that_there_is_not_is_taken_for_a_slip(code: str) -> None:
    with pytest.raises(InvalidInputError, match=r"^language: "):
        read(language=code)
    with pytest.raises(InvalidInputError, match=rf"^translations\.{code}: "):
        read(translations={code: WELSH})


@pytest.mark.parametrize("field", ["slug", "title", "ask", "closes_at"])
def test_a_missing_field_is_named(field: str) -> None:
    with pytest.raises(InvalidInputError, match=f"^{field}: "):
        read_definition({name: value for name, value in WRITTEN.items() if name != field}, NOW)


def test_a_campaign_cannot_close_before_it_opens() -> None:
    opens_at = NOW + timedelta(days=3)
    with pytest.raises(InvalidInputError, match=r"^closes_at: must be later than the opening$"):
        read(opens_at=opens_at, closes_at=opens_at)
    with pytest.raises(InvalidInputError, match=r"^closes_at: must be in the future$"):
        read(opens_at=NOW - timedelta(days=3), closes_at=NOW - timedelta(days=1))
    assert read(opens_at=opens_at, closes_at=opens_at + timedelta(seconds=1)).opens_at == opens_at


def test_the_longest_texts_fit_their_columns() -> None:
    definition = read(title="é" * 150, recipient="é" * 200, contact="é" * 254)
    assert len(definition.title) <= texts.c.title.type.length
    assert len(definition.recipient) <= texts.c.recipient.type.length
    assert len(definition.contact) <= campaigns.c.contact.type.length


def test_anybody_can_recompute_the_hash_of_a_text() -> None:
    text = {**TEXT, "title": "Śave “the” pond", "background": "It\nis \\ old. 🦆"}
    exact = '["save-the-pond","Śave “the” pond","The council","Keep it.","It\\nis \\\\ old. 🦆"]'
    assert json.loads(exact) == list(text.values())
    assert text_hash(**text) == hashlib.sha256(exact.encode("utf-8")).hexdigest()


def test_the_hash_of_a_text_is_the_same_for_ever() -> None:
    # Signatures refer to it; a change of how it is made would cut them off from what they signed.
    known = b'["save-the-pond","Save","The council","Keep it.","It is old."]'
    assert text_hash(**TEXT) == hashlib.sha256(known).hexdigest()


@pytest.mark.parametrize("part", list(TEXT))
def test_the_hash_changes_with_every_part_of_the_text(part: str) -> None:
    assert text_hash(**{**TEXT, part: TEXT[part] + " "}) != text_hash(**TEXT)


def test_words_cannot_move_from_one_part_to_another_unnoticed() -> None:
    moved = {**TEXT, "ask": "Keep", "background": "it. It is old."}
    assert text_hash(**moved) != text_hash(**TEXT)
    assert text_hash(**{**TEXT, "ask": TEXT["background"], "background": TEXT["ask"]}) != text_hash(**TEXT)
