"""SQL texts of signing and verifying: what becomes of each column in each state, side by side.

On PostgreSQL they are parts of a larger statement, `campaign.store.signatures.sign_and_verify`.
"""

from campaign.store.site.switches import READ_ONLY_SQL, SIGNING_PAUSED_SQL

# Details are what their signatory verified, or the campaigner saw, or, while a signature is pending, what was given first:
# a submission with others does not change them, but makes a correction that a mail of its own asks about
# (`campaign.store.signatures.corrections`). Only after a withdrawal do new ones take their place.
_DETAIL_COLUMNS = (
    "text_hash",
    "name",
    "country",
    "postcode",
    "comment",
    "public",
    "updates",
    "updates_wording",
    "declaration",
)
_UNASKED_COLUMNS = ("email", "source", "language", "referral_code", "browser_hash", "network")
"""Details no page asks about: a change of them is no correction. Another spelling of the address is the same mailbox_hash."""
_IS_WITHDRAWN = "signatures.state = 'withdrawn'"
_DIFFERS_SQL = " OR ".join(f"signatures.{name} <> excluded.{name}" for name in _DETAIL_COLUMNS)
_IS_SAME_SQL = f"(signatures.state = 'pending' AND NOT ({_DIFFERS_SQL}))"
# The same details sent again come by a link of ours or a mail; the signature is still counted under the personal link it first
# came by. The two belong together: where a personal link brought somebody, that is the source too.
_REFERRAL_COLUMNS = ("source", "referral_code")
_HAS_REFERRAL_SQL = "(signatures.state = 'pending' AND signatures.referral_code <> '')"
# A network is kept for some time from the first signing on, so one that was cleared is not learned again.
_KEPT_SQL = {
    **dict.fromkeys(_REFERRAL_COLUMNS, f" AND NOT {_HAS_REFERRAL_SQL}"),
    "network": " AND signatures.network <> ''",
}
# Made from the details for searching. The domain needs no correcting: another address is another signature.
_SEARCH_KEY_COLUMNS = ("name_key", "surname_key", "area")
_NEW_DETAILS = ",\n        ".join(
    [
        f"{name} = CASE WHEN {_IS_WITHDRAWN} THEN excluded.{name} ELSE signatures.{name} END"
        for name in (*_DETAIL_COLUMNS, *_SEARCH_KEY_COLUMNS, "updates_at")
    ]
    + [
        f"{name} = CASE WHEN ({_IS_WITHDRAWN} OR {_IS_SAME_SQL}){_KEPT_SQL.get(name, '')} THEN excluded.{name} "
        f"ELSE signatures.{name} END"
        for name in _UNASKED_COLUMNS
    ]
)

# Who has withdrawn what they signed on paper, and signs online, has never signed online before.
_WAS_PAPER = f"({_IS_WITHDRAWN} AND signatures.kind = 'paper')"
# One statement for everybody: whether the address is new, waiting, verified or invalidated, one row is written and the
# answer takes as long. The deadline is part of it: a submission that is too late selects no campaign and stores nothing.
SIGN_SQL = f"""
    INSERT INTO signatures (
        campaign_id, text_hash, state, counted_as, counted_country, name, email, email_key, mailbox_hash, country, postcode,
        comment, public, updates, updates_wording, updates_at, source, language, referral_code, edition, edition_floor,
        details_edition, browser_hash, link_key, signed_at, submitted_at, ended_reason, name_key, surname_key, domain, area,
        network, declaration)
    SELECT c.id, CAST(:text_hash AS VARCHAR(64)), 'pending', 'none', '', :name, :email, :email_key, :mailbox_hash,
        :country, :postcode, :comment, :public, :updates, :updates_wording, CASE WHEN :updates THEN :now END, :source,
        :language, :referral_code, 1, 1, 1, :browser_hash, :link_key, :now, :now, '', :name_key, :surname_key, :domain, :area,
        :network, CAST(:declaration AS SMALLINT)
    FROM campaigns c
    WHERE c.id = :campaign_id AND (c.text_hash = CAST(:text_hash AS VARCHAR(64)) OR EXISTS (
            SELECT 1 FROM translations r WHERE r.campaign_id = c.id AND r.text_hash = CAST(:text_hash AS VARCHAR(64))))
        AND c.opens_at <= :now AND :now < c.closes_at
        AND NOT c.paused AND c.taken_down_at IS NULL AND c.finalised_at IS NULL AND c.published_at IS NOT NULL
        AND NOT {SIGNING_PAUSED_SQL}
    ON CONFLICT (campaign_id, email_key) DO UPDATE SET
        edition = CASE WHEN {_IS_WITHDRAWN} OR (signatures.state = 'pending' AND ({_DIFFERS_SQL}))
                  THEN signatures.edition + 1 ELSE signatures.edition END,
        edition_floor = CASE WHEN {_IS_WITHDRAWN} THEN signatures.edition + 1 ELSE signatures.edition_floor END,
        details_edition = CASE WHEN {_IS_WITHDRAWN} THEN signatures.edition + 1 ELSE signatures.details_edition END,
        first_signed_at = CASE WHEN {_WAS_PAPER} THEN NULL WHEN {_IS_WITHDRAWN}
                  THEN coalesce(signatures.first_signed_at, signatures.signed_at) ELSE signatures.first_signed_at END,
        kind = CASE WHEN {_WAS_PAPER} THEN 'online' ELSE signatures.kind END,
        ordinal = CASE WHEN {_WAS_PAPER} THEN NULL ELSE signatures.ordinal END,
        intake_id = CASE WHEN {_WAS_PAPER} THEN NULL ELSE signatures.intake_id END,
        line = CASE WHEN {_WAS_PAPER} THEN NULL ELSE signatures.line END,
        signed_at = CASE WHEN {_IS_WITHDRAWN} THEN excluded.signed_at ELSE signatures.signed_at END,
        verified_at = CASE WHEN {_IS_WITHDRAWN} THEN NULL ELSE signatures.verified_at END,
        ended_at = CASE WHEN {_IS_WITHDRAWN} THEN NULL ELSE signatures.ended_at END,
        state = CASE WHEN {_IS_WITHDRAWN} THEN 'pending' ELSE signatures.state END,
        submitted_at = excluded.submitted_at,
        mailbox_hash = excluded.mailbox_hash,
        signed_name = CASE WHEN {_IS_WITHDRAWN} THEN NULL ELSE signatures.signed_name END,
        name_corrected_at = CASE WHEN {_IS_WITHDRAWN} THEN NULL ELSE signatures.name_corrected_at END,
        place_id = CASE WHEN {_IS_WITHDRAWN} AND (signatures.postcode <> excluded.postcode OR signatures.country <>
            excluded.country)
                  THEN NULL ELSE signatures.place_id END,
        {_NEW_DETAILS}
"""
"""Signing, up to its RETURNING."""
EDITION_JUST_GIVEN_SQL = f"""CASE WHEN state = 'pending' AND (
        {" OR ".join(f"{name} <> :{name}" for name in _DETAIL_COLUMNS)}) THEN edition ELSE details_edition END"""
"""In the RETURNING of signing: the edition of the details just given."""
_MAY_VERIFY_SQL = f"""link_key = :link_key AND EXISTS (
           SELECT 1 FROM campaigns c WHERE c.id = signatures.campaign_id AND :now < c.verify_until AND c.finalised_at IS NULL
               AND c.taken_down_at IS NULL AND c.published_at IS NOT NULL)
           AND NOT {READ_ONLY_SQL}
       RETURNING id, (SELECT slug FROM campaigns WHERE campaigns.id = signatures.campaign_id) AS slug, mailbox_hash"""
# A pressed button means that its page was opened.
VERIFY_SQL = f"""UPDATE signatures SET state = 'verified', verified_at = :now, link_opened = 1
       WHERE id = :id AND state = 'pending' AND details_edition = :edition AND {_MAY_VERIFY_SQL}"""
# The same with the details of a correction.
VERIFY_CORRECTED_SQL = f"""UPDATE signatures SET state = 'verified', verified_at = :now, link_opened = 1,
           details_edition = :edition, text_hash = :text_hash, name = :name, email = :email, comment = :comment,
           place_id = CASE WHEN postcode = :postcode AND country = :country THEN place_id END,
           postcode = :postcode, country = :country, public = :public, updates = :updates,
           updates_wording = :updates_wording, updates_at = :updates_at, language = :language, browser_hash = :browser_hash,
           source = CASE WHEN referral_code = '' THEN :source ELSE source END,
           referral_code = CASE WHEN referral_code = '' THEN :referral_code ELSE referral_code END,
           network = CASE WHEN network = '' THEN '' ELSE :network END,
           name_key = :name_key, surname_key = :surname_key, area = :area, declaration = :declaration
       WHERE id = :id AND state = 'pending' AND edition_floor <= :edition AND {_MAY_VERIFY_SQL}"""
