"""The rules of recipients, looked at."""

from collections import Counter
from dataclasses import replace

import pytest

from campaign.runtime import Runtime
from campaign.services import submissions
from campaign.services.ledger import count, finalise
from campaign.services.signatures import sign
from campaign.services.submissions import Finding
from tests.services.submissions.sample_petition import add_signatures
from tests.support.factories import ManualClock, new_campaign, sign_form_data, verify_link_of
from tests.support.located_signatures import sign_from_postcodes

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
"""What is read is read by the papers' tests on both."""


def findings(runtime: Runtime, key: str, **options: str) -> list[Finding]:
    with runtime.reading() as connection:
        facts = submissions.gather_facts(runtime, connection, 1, with_signed_versions=False)
    return submissions.run_checks(submissions.get_profile(key), facts, options)


def words(found: list[Finding], level: str) -> str:
    return "\n".join(f"{finding.words} {finding.do}" for finding in found if finding.level == level)


def test_online_signatures_are_said_not_to_count_where_only_handwritten_ones_do(runtime: Runtime) -> None:
    add_signatures(runtime, new_campaign(runtime), ["Ada"], times=3)
    for key in ("house-of-commons", "house-of-lords"):
        found = findings(runtime, key)
        assert "Electronic signatures are not accepted here: the 3 given online do not count." in words(found, "warn")
        assert "At least 1 signature by hand must be handed in; 0 are on file." in words(found, "wrong")
    assert "Electronic" not in words(findings(runtime, "minister"), "warn")


def test_a_council_counts_as_the_campaigner_was_told(runtime: Runtime) -> None:
    add_signatures(runtime, new_campaign(runtime, contact="Mary"), ["Ada"], times=3)
    assert "Ask before you hand in" in words(findings(runtime, "council", threshold="20"), "warn")
    assert "At least 20 signatures must be handed in; 3 are on file." in words(
        findings(runtime, "council", threshold="20"), "wrong"
    )
    told = findings(runtime, "council", threshold="3", accepts="electronic", request="keep the village pond wet")
    assert "There are enough signatures: 3 of at least 3." in words(told, "good")
    assert words(told, "wrong") == ""
    by_hand = words(findings(runtime, "council", threshold="1,500", accepts="handwritten"), "wrong")
    assert "At least 1,500 signatures by hand must be handed in; 0 are on file." in by_hand


def test_of_a_council_it_is_said_how_many_of_its_own_area_signed(runtime: Runtime) -> None:
    sign_from_postcodes(runtime, new_campaign(runtime, contact="Mary"), {"N1 1AA": 6, "LS1 1AA": 2})
    found = findings(runtime, "council", council="Islington Council", threshold="7")
    assert "8 signed; 6 of them gave a postcode in the council’s area. 7 are needed." in words(found, "warn")
    found = findings(runtime, "council", council="Islington Council", threshold="6")
    assert "8 signed; 6 of them gave a postcode in the council’s area." in words(found, "good")
    assert "No area is known by the name “Atlantis”" in words(findings(runtime, "council", council="Atlantis"), "warn")


def test_a_petition_to_parliament_is_in_english(runtime: Runtime) -> None:
    new_campaign(runtime, language="cy")
    assert "the campaign has no English text" in words(findings(runtime, "house-of-commons"), "wrong")


def test_nobody_types_the_frame_a_second_time_and_the_request_stands_on_its_own(runtime: Runtime) -> None:
    new_campaign(runtime, contact="Mary")
    found = findings(runtime, "house-of-commons", reasons="To the House of Commons. The pond is old", request="Do something")
    assert "A part of the frame is typed a second time: “To the House of Commons." in words(found, "wrong")
    assert "The request must be understood on its own." in words(found, "wrong")
    loud = findings(runtime, "house-of-commons", request="Keep the village pond wet")
    assert "it begins with a verb: “Keep the village pond wet…”" in words(loud, "warn")
    good = findings(runtime, "house-of-commons", request="urges the Government to keep the pond")
    assert "request that the House of Commons urges the Government to keep the pond" in words(good, "good")
    assert {finding.words for finding in good if finding.level == "wrong"} == {
        "At least 1 signature by hand must be handed in; 0 are on file."
    }


def test_what_only_a_reader_can_judge_is_asked_and_words_that_hint_at_it_are_named(runtime: Runtime) -> None:
    new_campaign(runtime, ask="Give a £5,000 grant for the pond, which the High Court has heard of.")
    asked = words(findings(runtime, "house-of-commons"), "warn")
    for said in ("not before a court", "does not ask for public money", "within the power", "language is moderate",
                 "insertions or deletions", "two petitioners have signed", "The text speaks of “court”.",
                 "The text speaks of “£”."):  # fmt: skip
        assert said in asked
    confirmed = findings(runtime, "house-of-commons", confirm_court="confirmed")
    assert "You have confirmed: The matter is not before a court." in words(confirmed, "good")
    assert "“court”" not in words(confirmed, "warn")


def test_until_the_total_is_certified_papers_are_said_to_be_provisional(runtime: Runtime, now: ManualClock) -> None:
    campaign = new_campaign(runtime)
    assert "The campaign is not closed yet." in words(findings(runtime, "minister"), "warn")
    now.advance(days=30, hours=1)
    assert "links emailed before the deadline still verify" in words(findings(runtime, "minister"), "warn")
    now.advance(days=2)
    assert finalise.finalise_campaign(runtime, campaign.id)
    assert "its total is certified" in words(findings(runtime, "minister"), "good")


def test_the_text_of_an_e_petition_is_fitted_to_its_limits(runtime: Runtime) -> None:
    long = "The pond is old. " * 200
    new_campaign(runtime, title="Save the village pond and everything in it " * 3, ask=long[:900], background=long)
    assert words(findings(runtime, "uk-e-petition"), "wrong") == ""
    over = findings(runtime, "uk-e-petition", action="a" * 80, background="b" * 301, details="c" * 800)
    assert "80 characters of 80" in words(over, "good")
    assert "301 characters of 300. Shorten it by 1." in words(over, "wrong")
    assert "800 characters of 800" in words(over, "good")


def test_how_many_stand_under_a_councils_rule_is_said_with_what_is_needed(runtime: Runtime) -> None:
    campaign = new_campaign(runtime, contact="Mary", eligibility="area", statement="I live, work or study in Leeds.")
    for number, declared in enumerate((1, 1, 1, -1, 0), 1):
        given = sign_form_data(f"n{number}@example.org", declaration=declared)
        sign.sign_campaign(runtime, campaign.id, campaign.text.hash, given)
        sign.verify_signature(runtime, verify_link_of(runtime, number))
    count.advance_ledgers(runtime)
    others = "Of the others 1 did not tick the statement, 1 were not asked."
    found = findings(runtime, "council", threshold="4")
    assert f"5 signed, 3 will stand under the recipient’s rule, 4 needed. {others}" in words(found, "warn")
    found = findings(runtime, "council", threshold="3")
    assert f"5 signed, 3 will stand under the recipient’s rule, 3 needed. {others}" in words(found, "good")
    with runtime.reading() as connection:
        facts = submissions.gather_facts(runtime, connection, 1, with_signed_versions=True)
        council = submissions.get_profile("council")
        papers = {paper.file: said for paper, said in submissions.editable_texts(council, facts, {})}
        listed = submissions.supporter_list(connection, facts.campaign, council, {"listed": "all"})
        assert listed is not None
        assert Counter(row[-1] for row in listed.rows) == {"yes": 3, "no": 1, "not asked": 1}
    assert "Each signatory was shown the statement “I live, work or study in Leeds”" in papers["1-letter"].replace("\\", "")
    assert "Of the 5 signatures, 3 were given with it ticked." in papers["1-letter"]
    assert "was not asked" not in papers["1-letter"].partition("1 was not asked")[0]


def test_a_statement_of_another_kind_does_not_answer_a_councils_rule(runtime: Runtime) -> None:
    new_campaign(runtime, contact="Mary", eligibility="age", statement="I am 16 or older.")
    assert "may sign under the recipient’s rule was not asked" in words(findings(runtime, "council"), "warn")


def test_thresholds_are_told_by_the_signatures_that_the_recipient_takes(runtime: Runtime) -> None:
    campaign = new_campaign(runtime, recipient_kind="senedd", contact="Mary")
    add_signatures(runtime, campaign, ["Ada"], times=251)
    said = words(findings(runtime, "senedd"), "warn")
    assert "0 signatures by hand on file, more than 250 needed for a review by the Petitions Committee." in said
    assert "more than 10,000 needed for the Petitions Committee to consider a debate." in said
    assert "Of those given online the recipient is told the number, and nobody’s name." in said
    assert "30,000 needed for a public hearing, within six weeks." in words(findings(runtime, "bundestag"), "warn")
    assert "At least 25 signatures by hand must be handed in; 0 are on file." in words(
        findings(runtime, "canada-commons"), "wrong"
    )
    senedd = submissions.get_profile("senedd")
    with runtime.reading() as connection:
        found = submissions.gather_facts(runtime, connection, 1, with_signed_versions=False).campaign
    assert submissions.next_threshold(found).startswith("0 signatures by hand on file, more than 250")
    for paper, reached in ((250, [False, False]), (251, [True, False]), (10_001, [True, True])):
        states = submissions.threshold_states(senedd, replace(found, paper=paper, verified=paper), {})
        assert [state.reached for state in states] == reached


def test_a_petition_to_australia_has_250_words_at_most_and_no_web_address(runtime: Runtime) -> None:
    new_campaign(runtime, contact="Mary", language="en")
    request = "keep the village pond"
    good = findings(runtime, "australia-house", reasons="to the pond", request=request)
    assert "No web address stands in the petition." in words(good, "good")
    [amount] = [int(finding.words.split()[3]) for finding in good if "250 at most" in finding.words]
    full = " ".join(["pond"] * (250 - amount + 3))
    assert "The petition has 250 words of 250 at most" in words(
        findings(runtime, "australia-house", reasons=full, request=request), "good"
    )
    over = words(findings(runtime, "australia-house", reasons=f"{full} pond", request=request), "wrong")
    assert "The petition has 251 words of 250 at most, its frame included. Shorten it by 1." in over
    for address in ("https://example.org/a", "see www.example.net", "at pond.org.au/why"):
        said = words(findings(runtime, "australia-house", reasons="to the pond", request=f"{request} {address}"), "wrong")
        assert "A web address stands in the petition" in said
    assert "A web address" not in words(
        findings(runtime, "australia-house", reasons="the pond etc. No. 5", request=request), "wrong"
    )


def test_a_petition_to_new_zealand_is_fitted_to_its_limits_and_one_elsewhere_needs_its_language(runtime: Runtime) -> None:
    new_campaign(runtime, title="Save the village pond and everything in it " * 3, ask="The pond is old. " * 50, contact="Mary")
    found = findings(runtime, "new-zealand-house", request="r" * 301, petitioner="Mary")
    assert "301 characters of 300. Shorten it by 1." in words(found, "wrong")
    assert words(findings(runtime, "new-zealand-house"), "wrong").count("characters") == 0
    assert "must be in German, and the campaign has no German text." in words(findings(runtime, "bundestag"), "wrong")
    assert "The text is there in English." in words(findings(runtime, "canada-commons"), "good")
    typed = findings(runtime, "canada-commons", reasons="We, the undersigned, are sad", request="keep the village pond wet")
    assert "A part of the frame is typed a second time" in words(typed, "wrong")
