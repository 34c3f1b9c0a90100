"""A campaign in the shape in which UK parliamentary e-petitions are published, for programs written for those.

The shape is that of https://petition.parliament.uk/help#api and of the views in https://github.com/alphagov/e-petitions. What
only a parliament has (a rejection, a debate, departments) is there and empty, since programs read it; the response of its
government is the recipient's answer; what only we have (goals, the hash of the text, translations) stands beside it. Never the
name of a person.
"""

from collections.abc import Sequence
from typing import Any

from campaign.domain.campaigns.campaign import Campaign
from campaign.domain.campaigns.goal_notes import goal_notes
from campaign.domain.common.formatting import format_utc
from campaign.domain.places.countries import COUNTRIES
from campaign.domain.places.suppression import MIN_SHOWN, SUPPRESSION_NOTICE
from campaign.services.campaigns import published
from campaign.services.places import totals
from campaign.services.updates import read
from campaign.web.app_context import runtime

_EMPTY_TIMES = (
    "rejected_at", "moderation_threshold_reached_at", "response_threshold_reached_at", "government_response_at",
    "debate_threshold_reached_at", "debate_scheduled_at", "scheduled_debate_date", "debate_outcome_at",
)  # fmt: skip
_EMPTY_OBJECTS = ("committee_note", "rejection", "government_response", "debate")
_EMPTY_LISTS = ("departments", "topics")


def petition(campaign: Campaign, identifier: int | str, url: str, *, places: bool) -> dict[str, Any]:
    """One campaign as an item of a list, or with its totals by place as a document of its own (`places`)."""
    attributes = _attributes(campaign)
    if places:
        attributes |= _places(campaign) | _response(campaign)
    return {"type": "petition", "id": identifier, "links": {"self": url}, "attributes": attributes}


def _attributes(campaign: Campaign) -> dict[str, Any]:
    state, window = campaign.state(runtime().now()).value, campaign.window
    ended = state in ("closed", "final")
    return {
        "action": campaign.text.title,
        "background": campaign.text.ask,
        "additional_details": campaign.text.background,
        "recipient": campaign.text.recipient,
        "creator_name": campaign.appearance.organiser or None,
        "creator_url": campaign.appearance.organiser_url or None,
        "slug": campaign.slug,
        "number": campaign.id,
        "page": runtime().tokens.absolute_url(f"/c/{campaign.slug}"),
        "text_hash": campaign.text.hash,
        "text_slug": campaign.text.slug or campaign.slug,
        "state": state,
        "signature_count": campaign.signatures,
        "signatures_on_paper": campaign.paper,
        "signatures_held": campaign.held_shown,
        "goal": campaign.goal,
        "goals": list(campaign.goals),
        "goal_notes": [
            {"goal": goal, "note": note} for goal, note in goal_notes(campaign.page_texts.goal_notes, campaign.goals)
        ],
        "created_at": format_utc(window.opens_at),
        "opened_at": format_utc(window.opens_at),
        "closing_date": format_utc(window.closes_at),
        "closed_at": format_utc(window.closes_at) if ended else None,
        "updated_at": format_utc(campaign.as_of),
        "milestones": [{"goal": m.goal, "reached_at": format_utc(m.reached_at)} for m in campaign.milestones],
        "language": campaign.language,
        "translations": [*_translations(campaign)],
        "ledger_entries": campaign.sequence,
        **dict.fromkeys((*_EMPTY_TIMES, *_EMPTY_OBJECTS)),
        **{name: [] for name in _EMPTY_LISTS},
    }


def _response(campaign: Campaign) -> dict[str, Any]:
    """The recipient's newest answer, where parliamentary petitions have that of the government."""
    answer = read.latest_answer(runtime(), campaign)
    if answer is None or answer.published_at is None or answer.happened_on is None:
        return {}
    published_at = format_utc(answer.published_at)
    response = {
        "responded_on": answer.happened_on.isoformat(), "summary": answer.title, "details": answer.answer,
        "created_at": published_at, "updated_at": format_utc(answer.changed_at),
    }  # fmt: skip
    return {"government_response_at": published_at, "government_response": response}


def _translations(campaign: Campaign) -> Sequence[dict[str, str]]:
    return [
        {
            "language": version.language,
            "action": version.text.title,
            "background": version.text.ask,
            "additional_details": version.text.background,
            "recipient": version.text.recipient,
            "text_hash": version.text.hash,
            "text_slug": version.text.slug or campaign.slug,
        }
        for version in campaign.versions[1:]
    ]


def _places(campaign: Campaign) -> dict[str, Any]:
    countries = published.totals_by_country(runtime(), campaign.id)
    constituencies, regions = totals.open_data_totals(runtime(), campaign.id)
    return {
        "signatures_by_country": [
            {"name": COUNTRIES.get(code, code), "code": code, "signature_count": amount} for code, amount in countries
        ],
        "signatures_by_constituency": [
            {"name": area.name, "ons_code": area.code, "mp": member, "signature_count": area.verified}
            for area, member in constituencies
        ],
        "signatures_by_region": [
            {"name": area.name, "ons_code": area.code, "signature_count": area.verified} for area in regions
        ],
        "other_parliamentary_business": [],
        "small_numbers": {"smallest": MIN_SHOWN, "rule": SUPPRESSION_NOTICE},
    }
