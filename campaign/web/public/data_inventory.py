"""Inventory of personal data for the privacy pages: every column of every table that knows a signature, and its purpose."""

from dataclasses import dataclass
from typing import Literal

from campaign.domain.common.i18n import N_


@dataclass(frozen=True, slots=True)
class PersonalDataItem:
    """Something that is kept, in words."""

    label: str
    purpose: str
    columns: tuple[str, ...]
    table: str = "signatures"
    form_field: Literal["", "country", "postcode", "comment", "public", "statement"] = ""
    """The field of the form it comes from, where a campaign may do without that."""


DATA_INVENTORY = (
    PersonalDataItem(
        N_("Your name"),
        N_("It is your signature. The campaigners see it and may hand it over with the campaign."),
        ("name", "signed_name", "name_corrected_at", "name_key", "surname_key"),
    ),
    PersonalDataItem(
        N_("Your email address"),
        N_(
            "We email you the link that proves the signature is yours. Your address is never published. With it we keep a "
            "plain spelling, so that one mailbox signs once, and a code it cannot be read from, so that nobody can make us "
            "flood it with email."
        ),
        ("email", "email_key", "mailbox_hash", "domain"),
    ),
    PersonalDataItem(
        N_("Your country"),
        N_("It says where support comes from. Published are totals: how many signed in each country."),
        ("country", "counted_country"),
        form_field="country",
    ),
    PersonalDataItem(
        N_("Your postcode"),
        N_("It says which area support comes from. It is never published; where your name is shown, your town is."),
        ("postcode", "area", "counted_area", "place_id", "counted_place_id"),
        form_field="postcode",
    ),
    PersonalDataItem(
        N_("Whether you may sign under the rule of this campaign"),
        N_(
            "Whether you ticked the statement in the form, and which words it had. Those the campaign is handed to may count "
            "only signatures with it. The campaigners see it and may hand it over with your name. It is not published."
        ),
        ("declaration", "counted_declaration"),
        form_field="statement",
    ),
    PersonalDataItem(
        N_("Your comment"),
        N_(
            "The campaigners read why it matters to you, and may hand it over with your name. It is published on the "
            "campaign’s page only if you let it be shown with your name and they have read it."
        ),
        ("comment", "comment_hidden", "comment_public", "comment_published_at"),
        form_field="comment",
    ),
    PersonalDataItem(
        N_("Whether your name may be shown"),
        N_("Your own choice. Unless you tick the box, it is not shown."),
        ("public",),
        form_field="public",
    ),
    PersonalDataItem(
        N_("Whether the campaigners may email you"),
        N_("Your own choice, with the words you agreed to and when. Unless you tick the box, they may not."),
        ("updates", "updates_wording", "updates_at"),
    ),
    PersonalDataItem(
        N_("What you signed, and when"),
        N_(
            "So that each signature counts once, and only for the words you read: the campaign and its exact text, when you"
            " signed, confirmed or withdrew, which number you were, and, if the campaigners removed your signature, why."
        ),
        (
            "campaign_id", "text_hash", "state", "counted_as", "signed_at", "first_signed_at", "submitted_at", "verified_at",
            "ended_at", "ended_reason", "ended_class", "batch_id", "erasure_requested_at", "erased_at", "ordinal",
            "held_flag_id", "held_at", "counted_held",
        ),
    ),
    PersonalDataItem(
        N_("Whether you signed online or on paper"),
        N_("So that the two are counted apart. Of a signature on paper we keep which sheet and line it was brought in from."),
        ("kind", "counted_kind", "intake_id", "line"),
    ),
    PersonalDataItem(N_("The language you read"), N_("So that our emails come in it."), ("language",)),
    PersonalDataItem(
        N_("Where you came from"),
        N_(
            "The label in the link you followed, or the name of the website that led you here, like example.org: never "
            "which page of it. It tells the campaigners which ways of sharing work. Your browser says it; no cookie is "
            "needed."
        ),
        ("source", "counted_source"),
    ),
    PersonalDataItem(
        N_("Whose link you came by"),
        N_(
            "If you followed the personal link of somebody who signed: the code in it. They can see how many signatures "
            "came by their link, never whose."
        ),
        ("referral_code",),
    ),
    PersonalDataItem(
        N_("The network you signed from"),
        N_(
            "Not your whole network (IP) address: only its beginning, which your neighbours share. It shows the campaigners "
            "when many signatures come from one place at once. After 30 days it is deleted."
        ),
        ("network",),
    ),
    PersonalDataItem(
        N_("Whether you opened our link"),
        N_(
            "Noted once you confirm, or have had the page with the button in front of you for five seconds. It shows how many "
            "of our emails are read. Nothing in the emails themselves tells us."
        ),
        ("link_opened", "counted_link_opened"),
    ),
    PersonalDataItem(
        N_("A code for your browser"),
        N_(
            "Made from a cookie (see below), so that the browser you sign in can confirm without a second press. It says "
            "nothing about your device."
        ),
        ("browser_hash",),
    ),
    PersonalDataItem(
        N_("Internal numbers"),
        N_("They make the links in our emails fit your signature and no other."),
        ("id", "edition", "edition_floor", "details_edition", "link_key"),
    ),
    PersonalDataItem(
        N_("Our emails to you"),
        N_("For each: which kind it was, when it went, and whether it arrived at your mail server. Not what it said."),
        (
            "id", "signature_id", "kind", "edition", "mailbox_hash", "priority", "state", "attempts", "due_at", "created_at",
            "settled_at", "unknown_at", "reason", "tallied", "queue_ms", "network_key", "domain_key", "delivery", "delivery_at",
            "delivery_status", "counted_delivery", "counted_unknown", "update_id",
            # Empty for signatories: a mail to a campaigner uses them.
            "campaigner_id", "campaign_id", "invitation_id", "login_link_id", "dedupe_key", "facts",
        ),
        table="outbox",
    ),
    PersonalDataItem(
        N_("Other details given with your address"),
        N_(
            "If the form was sent again with other details before you confirmed, by you or by somebody else: those details, so "
            "that each of our emails confirms what it was about. They are deleted once you confirm or withdraw, and when the "
            "campaign ends."
        ),
        (
            "signature_id", "edition", "text_hash", "name", "email", "country", "postcode", "comment", "public", "updates",
            "updates_wording", "updates_at", "source", "language", "referral_code", "browser_hash", "network", "created_at",
            "declaration",
        ),
        table="corrections",
    ),
    PersonalDataItem(
        N_("A line in the count"),
        N_("The number of your signature, plus or minus one, the total after it, and the time. It names nobody."),
        ("campaign_id", "sequence", "signature_id", "event", "change", "total", "at"),
        table="ledger",
    ),
)  # fmt: skip
"""In the order people ask."""
