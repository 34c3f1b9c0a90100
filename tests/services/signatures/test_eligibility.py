"""Eligibility: a statement that signatories tick, kept with its wording, and counted by the ledger."""

import random
from collections import Counter
from dataclasses import astuple
from typing import Any

from campaign.domain.accounts.actor import COMMAND_LINE
from campaign.domain.campaigns.campaign import Campaign
from campaign.domain.campaigns.definition import language_version
from campaign.domain.campaigns.eligibility import EligibilityTotals, declaration_of, eligibility_totals
from campaign.domain.campaigns.settings import CampaignSettings
from campaign.runtime import Runtime
from campaign.services.campaigns import create_and_find, edit
from campaign.services.ledger import count
from campaign.services.signatures import erase, sign
from campaign.store.campaigns import campaigns, statements
from campaign.store.ledger import reconcile
from tests.support.factories import new_campaign, sign_form_data, verify_link_of
from tests.support.queries import execute_sql

WORDS = "I live, work or study in Leeds."


def asking(runtime: Runtime, **changes: Any) -> Campaign:
    return new_campaign(runtime, **{"eligibility": "area", "statement": WORDS, **changes})


def stored(runtime: Runtime) -> Campaign:
    found = create_and_find.get_by_slug(runtime, "save-the-pond")
    assert found is not None
    return found


def words_in(campaign: Campaign, language: str) -> tuple[int, str]:
    asked = campaign.eligibility.in_language(language)
    assert asked is not None
    return asked.number, asked.words


def totals(runtime: Runtime, campaign_id: int = 1) -> EligibilityTotals:
    count.advance_ledgers(runtime)
    with runtime.reading() as connection:
        now = campaigns.get_by_id(connection, campaign_id)
        assert reconcile.check_totals(connection, campaign_id).drifts["by declaration"] == 0
        return eligibility_totals(statements.totals_by_declaration(connection, campaign_id), now.eligibility)


def test_a_statement_has_a_number_in_each_language_and_a_new_one_with_new_words(runtime: Runtime) -> None:
    welsh = language_version("save-the-pond", "cy", title="Pwll", ask="Cadwch.", statement="Rwy’n byw yn Leeds.")
    campaign = asking(runtime, translations=(welsh,))
    assert [(one.number, one.language, one.words) for one in campaign.eligibility.statements] == [
        (1, "en", WORDS), (2, "cy", "Rwy’n byw yn Leeds.")
    ]  # fmt: skip
    assert words_in(campaign, "cy")[0] == 2
    assert words_in(campaign, "de")[0] == 1

    def write(words: str) -> Campaign:
        opened = edit.open_for_edit(runtime, 1)
        given = edit.page_texts(opened.campaign.versions[0]) | {"statement": words}
        edit.change_texts(runtime, COMMAND_LINE, 1, opened.revision, "en", given)
        return stored(runtime)

    assert words_in(write("I live in Leeds."), "en")[0] == 3
    assert words_in(write(WORDS), "en")[0] == 1, "words that were asked for before keep their number"
    assert not write("").eligibility.is_asked, "a translation alone asks nobody"


def test_nobody_is_asked_where_everybody_may_sign(runtime: Runtime) -> None:
    campaign = new_campaign(runtime, statement=WORDS)
    assert not campaign.eligibility.is_asked
    opened = edit.open_for_edit(runtime, 1)
    edit.change_settings(
        runtime, COMMAND_LINE, 1, opened.revision, CampaignSettings(eligibility="area", eligibility_rule="required")
    )
    asked = stored(runtime)
    assert (asked.eligibility.is_required, asked.eligibility.kind, words_in(asked, "en")) == (True, "area", (1, WORDS))


def test_totals_within_and_outside_follow_every_change_of_a_signature(runtime: Runtime) -> None:
    campaign, chance = asking(runtime), random.Random(13)
    expected: dict[int, int] = {}
    for number in range(1, 41):
        declared = chance.choice([1, -1, 0])
        given = sign_form_data(f"n{number}@example.org", declaration=declared)
        sign.sign_campaign(runtime, campaign.id, campaign.text.hash, given)
        if chance.random() < 0.8:
            sign.verify_signature(runtime, verify_link_of(runtime, number))
            expected[number] = declared
        if chance.random() < 0.3:
            assert sum(astuple(totals(runtime))) == len(expected), "counted in between"
    for number in list(expected):
        match chance.choice(["withdraw", "correct", "erase", "keep"]):
            case "withdraw":
                sign.withdraw_signature(runtime, number)
                del expected[number]
            case "correct":
                expected[number] = declaration_of(campaign.eligibility.in_language("en"), is_ticked=expected[number] < 1)
                assert sign.change_consents(runtime, number, public=False, updates=False, declaration=expected[number])
            case "erase":
                signature = sign.get_own_signature(runtime, verify_link_of(runtime, number).signature_ref)
                assert signature is not None
                erase.erase_own_signature(runtime, signature)
                del expected[number]
            case _:
                pass
    amounts = Counter(expected.values())
    assert totals(runtime) == EligibilityTotals(within=amounts[1], outside=amounts[-1], not_asked=amounts[0])
    assert all(amounts[declared] for declared in (1, -1, 0)), "each of them is tried"


def test_a_correction_before_confirming_may_change_the_declaration(runtime: Runtime) -> None:
    campaign = asking(runtime)
    for declared in (-1, 1):
        given = sign_form_data(declaration=declared)
        sign.sign_campaign(runtime, campaign.id, campaign.text.hash, given)
    second = verify_link_of(runtime, 1, edition=2)
    preview = sign.preview_verification(runtime, second, {})
    assert preview is not None
    assert preview.signature.declaration == 1
    sign.verify_signature(runtime, second)
    assert totals(runtime) == EligibilityTotals(within=1)


def test_who_ticked_an_earlier_wording_is_counted_apart(runtime: Runtime) -> None:
    campaign = asking(runtime)
    sign.sign_campaign(runtime, campaign.id, campaign.text.hash, sign_form_data(declaration=1))
    sign.verify_signature(runtime, verify_link_of(runtime, 1))
    opened = edit.open_for_edit(runtime, 1)
    given = edit.page_texts(opened.campaign.versions[0]) | {"statement": "I live in Bradford."}
    edit.change_texts(runtime, COMMAND_LINE, 1, opened.revision, "en", given)
    assert totals(runtime) == EligibilityTotals(within=0, earlier=1)


def test_nothing_is_corrected_once_the_total_is_final(runtime: Runtime) -> None:
    campaign = asking(runtime)
    sign.sign_campaign(runtime, campaign.id, campaign.text.hash, sign_form_data(declaration=-1))
    sign.verify_signature(runtime, verify_link_of(runtime, 1))
    execute_sql(runtime, "UPDATE campaigns SET finalised_at = verify_until")
    sign.change_consents(runtime, 1, public=False, updates=False, declaration=1)
    assert totals(runtime) == EligibilityTotals(outside=1)
