"""Download of everything kept about one signature, for its signatory."""

import json
from datetime import datetime

from flask import Response

from campaign.domain.campaigns.eligibility import declared_label
from campaign.domain.common.formatting import format_utc
from campaign.domain.signatures.consent import UPDATES_WORDINGS
from campaign.services.mail import suppression
from campaign.services.signatures import erase, sign
from campaign.store.signatures.signatures import Signature
from campaign.web.app_context import runtime


def data_download(signature: Signature) -> Response:
    """JSON: in words, and below that each column of each table."""
    rows = erase.own_data(runtime(), signature)
    data = {
        "campaign": signature.slug,
        "title": signature.title,
        "text_hash": signature.text_hash,
        "state": signature.state.value,
        "name": signature.name,
        "signed_as": signature.logged_name,
        "email": signature.email,
        "email_compared_as": signature.email_key,
        "country": signature.country,
        "postcode": signature.postcode,
        "comment": signature.comment,
        "comment_hidden_because": signature.comment_hidden,
        "comment_published_at": signature.comment_published_at and format_utc(signature.comment_published_at),
        "declared": declared_label(signature.declaration) or None,
        "statement": sign.declared_words(runtime(), signature) or None,
        "public": signature.public,
        "updates": signature.updates,
        "updates_wording": UPDATES_WORDINGS.get(signature.updates_wording),
        "updates_at": signature.updates_at and format_utc(signature.updates_at),
        "source": signature.source,
        "kind": signature.kind,
        "referral_code": signature.referral_code,
        "language": signature.language,
        "ordinal": signature.ordinal,
        "browser_hash": signature.browser_hash,
        "signed_at": format_utc(signature.signed_at),
        "submitted_at": format_utc(signature.submitted_at),
        "verified_at": signature.verified_at and format_utc(signature.verified_at),
        "ended_at": signature.ended_at and format_utc(signature.ended_at),
        "ended_reason": signature.ended_reason,
        "other_details_given": [
            {
                "name": one.name,
                "email": one.email,
                "country": one.country,
                "postcode": one.postcode,
                "comment": one.comment,
                "declared": declared_label(one.declaration) or None,
                "public": one.public,
                "updates": one.updates,
                "given_at": format_utc(one.created_at),
            }
            for one in sign.list_corrections(runtime(), signature.id)
        ],
        "network": rows["signatures"][0]["network"],
        "link_opened": bool(rows["signatures"][0]["link_opened"]),
        "place": rows["places"][0] if rows["places"] else None,
        "emails": [
            {
                "kind": mail["kind"],
                "owed_at": format_utc(mail["created_at"]),
                "settled_at": mail["settled_at"] and format_utc(mail["settled_at"]),
                "state": mail["state"],
                "delivery": mail["delivery"],
            }
            for mail in rows["outbox"]
        ],
        "no_email_is_sent_to_you": suppression.is_own_mailbox_suppressed(runtime(), signature),
        "all_that_is_kept": rows,
    }
    response = Response(json.dumps(data, ensure_ascii=False, indent=2, default=_as_json) + "\n", mimetype="application/json")
    response.headers["Content-Disposition"] = f'attachment; filename="my-signature-{signature.slug}.json"'
    return response


def _as_json(value: object) -> str:
    """Times as everywhere in the file; there is nothing else that JSON does not know."""
    if isinstance(value, datetime):
        return format_utc(value)
    raise TypeError(type(value).__name__)
