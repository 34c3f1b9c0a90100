"""A row of a list of signatures on paper, read as somebody wrote it down."""

from dataclasses import replace
from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaign.domain.campaigns.campaign import SignFormFields
from campaign.domain.common.invalid_input import InvalidInputError
from campaign.domain.paper.columns import COLUMN_SPELLINGS, read_column_mapping, recognise_columns
from campaign.domain.paper.dates import read_signing_date
from campaign.domain.paper.duplicates import ExclusionReason, exclusion_reason
from campaign.domain.paper.entry import (
    EntryRules,
    InvalidRow,
    PaperEntry,
    is_blank_row,
    name_question,
    parse_consent,
    read_entry,
)

TODAY, LAST_DAY = date(2026, 11, 23), date(2026, 12, 23)
RULES = EntryRules(SignFormFields(), TODAY, LAST_DAY)


def read(rules: EntryRules = RULES, **row: object) -> PaperEntry:
    entry, _ = read_entry(7, {"name": "Ann Smith", "postcode": "ls1 4ap", **row}, rules)
    assert isinstance(entry, PaperEntry), entry
    return entry


def wrong(rules: EntryRules = RULES, **row: object) -> dict[str, str]:
    entry, _ = read_entry(7, {"name": "Ann Smith", "postcode": "ls1 4ap", **row}, rules)
    assert isinstance(entry, InvalidRow), entry
    return dict(entry.errors)


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("Turkey", "TR"), ("Türkiye", "TR"), ("Czech Republic", "CZ"), ("The Netherlands", "NL"), ("UAE", "AE"), ("GBR", "GB"),
        ("usa", "US"), ("Deutschland", "DE"), ("Irlande", "IE"), ("Cymru", "GB"), ("Y Deyrnas Unedig", "GB"), ("826", "GB"),
        ("Côte d’Ivoire", "CI"), ("Ivory Coast", "CI"), ("Éire", "IE"), ("XK", "XK"), ("Holland", "NL"), ("Россия", ""),
        ("Narnia", ""), ("#N/A", "GB"),
    ],
)  # fmt: skip
def test_a_country_is_known_by_any_of_its_names_and_costs_no_signature(written: str, code: str) -> None:
    assert read(country=written, postcode="LS1 4AP" if code == "GB" else "1234").country == code


def test_a_country_that_is_not_known_is_noted() -> None:
    _, noted = read_entry(7, {"name": "Ann Smith", "country": "Narnia"}, RULES)
    assert noted == ("a country that is not known was left out",)


@pytest.mark.parametrize("name", ["NULL", "(blank)", "Total", "n/a", "Grand total", "-NA-"])
def test_a_name_that_programs_write_is_doubted_and_taken(name: str) -> None:
    assert "may be no name" in name_question(name)
    assert name_question("Christopher Null") == ""


def test_a_cell_with_several_lines_is_a_name_on_one() -> None:
    assert read(name="Ann\r\nSmith", postcode="LS1\n4AP").name == "Ann Smith"
    assert read(comment="#N/A", email="#N/A", date="#N/A").comment == ""


def test_a_row_is_read_by_the_rules_of_the_form() -> None:
    entry = read(name="  Siân   Ó Súilleabháin ", date="3 Nov 26", comment="Keep it")
    assert entry == PaperEntry(7, "Siân Ó Súilleabháin", "GB", "LS1 4AP", "Keep it", signed_on="2026-11-03")
    assert read(name="", first_name="Ann", last_name="Smith").name == "Ann Smith"
    assert read(postcode="", address="1 High Street, Leeds ls14ap, UK").postcode == "LS1 4AP"
    assert (read(country="France", postcode="75001").country, read(country="France").postcode) == ("FR", "")
    assert {read(country=name).country for name in ("UK", "u.k.", "England", "gb", "Scotland", "")} == {"GB"}


@pytest.mark.parametrize(
    ("row", "field", "words"),
    [
        ({"name": ""}, "name", "Enter your name."),
        ({"name": "=HYPERLINK(1)"}, "name", "“=HYPERLINK(1)”: Your name cannot begin with"),
        ({"postcode": ""}, "postcode", "Enter your postcode"),
        ({"postcode": "don’t know"}, "postcode", "“don’t know”: Enter a full UK postcode"),
        ({"name": "#N/A"}, "name", "“#N/A”: A spreadsheet wrote an error here, not a name."),
        ({"name": "#NAME?"}, "name", "A spreadsheet wrote an error here"),
        ({"name": "", "first_name": "#REF!", "last_name": "Smith"}, "name", "A spreadsheet wrote an error here"),
        ({"name": "Ann", "postcode": "#VALUE!"}, "postcode", "Enter your postcode"),
        ({"date": "31/02/2026"}, "date", "Write the date as"),
        ({"date": "24/11/2026"}, "date", "yet to come"),
        ({"date": "1/1/1999"}, "date", "too long ago"),
    ],
)
def test_what_makes_no_signature_is_refused_with_words(row: dict[str, object], field: str, words: str) -> None:
    found = wrong(**row)
    assert list(found) == [field]
    assert words in found[field]


def test_paper_signed_after_the_deadline_is_refused() -> None:
    later = replace(RULES, today=date(2027, 1, 5))
    assert "after the deadline" in wrong(later, date="24/12/2026")["date"]
    assert read(later, date="23/12/2026").signed_on == "2026-12-23"


def test_an_address_is_kept_with_consent_and_compared_without() -> None:
    kept = read(email="Ann@Example.org", updates="yes")
    assert (kept.email, kept.email_key, kept.updates) == ("Ann@example.org", "ann@example.org", True)
    for consent in ("no", "", "perhaps"):
        entry = read(email="Ann@Example.org", updates=consent)
        assert (entry.email, entry.email_key, entry.updates) == ("", "ann@example.org", False)
    _, noted = read_entry(1, {"name": "Ann", "postcode": "LS1 4AP", "email": "nonsense", "updates": "maybe"}, RULES)
    assert noted == ("updates: neither yes nor no, so it is no", "an email address that cannot be one was left out")
    assert read(updates="yes").updates is False


@pytest.mark.parametrize(
    ("text", "meant"),
    [*((text, True) for text in ("Yes", " y", "X", "✓", "1", "TRUE", "Ie", "ja!")),
     *((text, False) for text in ("", "no", "N", "0", "-", "False", "nage")), ("maybe", None), ("2", None)],
)  # fmt: skip
def test_consent_is_read_in_usual_spellings(text: str, meant: bool | None) -> None:
    assert parse_consent(text) is meant


@pytest.mark.parametrize(
    "text",
    ["03/11/2026", "3.11.26", "3-11-2026", "2026-11-03", "2026-11-03T00:00:00", "3 November 2026", "3rd of Nov 2026",
     "Nov 3, 2026", "Tuesday 3 Nov. 2026", "3 Tachwedd 2026", datetime(2026, 11, 3, 9, 0), date(2026, 11, 3)],
)  # fmt: skip
def test_dates_are_read_with_the_day_first(text: object) -> None:
    assert read_signing_date(text, TODAY, LAST_DAY) == "2026-11-03"


@pytest.mark.parametrize(
    "text",
    ["2026/11/20", "2026.11.20", "2026/11/20 9:14:03 am GMT", "2026-11-20T09:14:03Z", "46346", "46346.385", 46346, 46346.0],
)
def test_dates_of_web_forms_and_spreadsheets_are_read(text: object) -> None:
    assert read(date=text).signed_on == "2026-11-20"


def test_what_a_campaign_does_not_ask_for_is_not_kept() -> None:
    rules = replace(RULES, form_fields=SignFormFields(country="no", postcode="no", comment="no"))
    entry = read(rules, country="France", comment="Yes")
    assert (entry.country, entry.postcode, entry.comment) == ("", "", "")
    assert read(replace(RULES, form_fields=SignFormFields(postcode="optional")), postcode="").postcode == ""


def test_cells_of_a_workbook_are_read_as_what_they_say() -> None:
    entry = read(country="FR", postcode=75001.0, updates=True, email="a@b.example", date=datetime(2026, 11, 3))
    assert (entry.updates, entry.signed_on) == (True, "2026-11-03")
    assert is_blank_row({"name": None, "postcode": "  ", "date": ""})


@given(
    st.dictionaries(
        st.sampled_from(sorted(COLUMN_SPELLINGS)), st.one_of(st.text(), st.none(), st.floats(), st.booleans(), st.datetimes())
    )
)
def test_no_row_is_too_odd_to_be_read(row: dict[str, object]) -> None:
    entry, _ = read_entry(1, row, RULES)
    assert isinstance(entry, PaperEntry | InvalidRow)
    if isinstance(entry, PaperEntry):
        assert bool(entry.email) == entry.updates
        assert entry.name == " ".join(entry.name.split())


def test_columns_are_known_by_many_names() -> None:
    header = ["No.", "Name (print)", "Post-code", "E-mail", "Keep me informed?", "Signed on"]
    assert recognise_columns(header) == {"name": 1, "postcode": 2, "email": 3, "updates": 4, "date": 5}
    assert recognise_columns(["Forename", "SURNAME", "Full address"]) == {"first_name": 0, "last_name": 1, "address": 2}
    assert recognise_columns(["Save the pond", ""]) == {}
    assert recognise_columns(["Name"]) == {}
    assert recognise_columns(["Wer", "Wo"], {"name": "wer", "postcode": "WO"}) == {"name": 0, "postcode": 1}
    assert recognise_columns(["Name", "Postcode"], {"name": "Wer"}) == {}
    # Consent that may mean anything is not taken for one.
    assert "updates" not in recognise_columns(["Name", "Postcode", "Consent"])
    assert read_column_mapping("name=Full Name, postcode=PC") == {"name": "Full Name", "postcode": "PC"}
    for text in ("name", "name=", "nom=x"):
        with pytest.raises(InvalidInputError):
            read_column_mapping(text)


def test_whom_a_row_looks_like() -> None:
    ann = PaperEntry(1, "Ann Smith", "GB", "LS1 4AP", email_key="ann@example.org")
    people = {("ann smith", "LS1 4AP"): "online"}
    assert exclusion_reason(ann, {}, {}) is None
    assert exclusion_reason(ann, {}, people) is ExclusionReason.ONLINE
    assert exclusion_reason(replace(ann, postcode=""), {}, people) is None
    assert exclusion_reason(ann, {"ann@example.org": ("verified", "ann smith")}, people) is ExclusionReason.ALREADY_SIGNED
    assert exclusion_reason(ann, {"ann@example.org": ("withdrawn", "ann smith")}, {}) is ExclusionReason.ALREADY_SIGNED
    # Not verified yet, or somebody else at the same address: it need not be the same signature.
    assert exclusion_reason(ann, {"ann@example.org": ("pending", "ann smith")}, {}) is ExclusionReason.ADDRESS
    assert exclusion_reason(ann, {"ann@example.org": ("verified", "bob smith")}, {}) is ExclusionReason.ADDRESS
