"""Findings on the DNS records of a sender: each is a sentence that is said in another language too."""

from dataclasses import replace

import pytest
from babel.messages.pofile import read_po

from campaign.domain.common.invalid_input import Sentence
from campaign.domain.mail.sender_records import SenderRecords, judge_records
from campaign.domain.site.finding import Outcome
from campaign.languages import DESK_DOMAIN, TRANSLATIONS_FOLDER, load_desk_catalogue

GOOD = SenderRecords(
    "example.org", "", "mail.example.net", ("v=spf1 a:mail.example.net ~all",), ("v=DMARC1; p=none",), "example.org",
    {"s1": ("p=abc",)}, ("mx.example.org",), ("192.0.2.1",), ptr={"192.0.2.25": ("mail.example.net",)},
)  # fmt: skip
WRONG = {
    "spf": [None, (), ("v=spf1 -all", "v=spf1 mx ~all"), ("v=spf1 +all",), ("v=spf1 -all",)],
    "dmarc": [None, (), ("v=DMARC1; p=none", "v=DMARC1; p=none"), ("v=DMARC1",)],
    "dkim": [{"s1": None}, {"s1": ("p=",)}, {"s1": ()}],
    "mx": [None, (".",)],
    "ptr": [{"192.0.2.25": None}, {"192.0.2.25": ()}],
}


def cases() -> list[SenderRecords]:
    return [
        GOOD,
        *(replace(GOOD, **{name: value}) for name, values in WRONG.items() for value in values),
        replace(GOOD, mx=()),
        replace(GOOD, mx=(), addresses=()),
        replace(GOOD, provider="postmark"),
    ]


@pytest.fixture(scope="module")
def given_to_translators() -> set[object]:
    with (TRANSLATIONS_FOLDER / f"{DESK_DOMAIN}.pot").open("rb") as file:
        return {message.id for message in read_po(file)}


def test_every_finding_was_given_to_the_translators(given_to_translators: set[object]) -> None:
    welsh, seen = load_desk_catalogue("cy"), set[str]()
    for records in cases():
        stored = {*(records.spf or ()), *(f"_dmarc.example.org: {one}" for one in records.dmarc or ())}
        for finding in judge_records(records, "postmaster@example.org"):
            assert finding.outcome is Outcome.OK or finding.next_step
            said = {finding.message, finding.advice, finding.record} - stored - {""}
            for words in said - {finding.record if " IN TXT " in finding.record else ""}:
                assert isinstance(words, Sentence), words
                assert words.message in given_to_translators, words
                assert welsh.ugettext(words.message) != words.message
                seen.add(words.message)
    assert len(seen) > 20
