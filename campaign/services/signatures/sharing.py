"""Sharing: each verified signatory has a link of their own, and may see how many signatures came by it."""

from campaign.domain.signatures.signature import SignatureState
from campaign.runtime import Runtime
from campaign.security.tokens import SignatureRef
from campaign.store.signatures import supporters
from campaign.store.signatures.signatures import Signature

MAX_REFERRALS_COUNTED = 10_000
"""Up to so many signatures that one link brought are said to be as many; more are "more than" that."""


def share_code(runtime: Runtime, signature: Signature) -> str:
    """The code in a verified signatory's personal share link."""
    return runtime.tokens.share_code(SignatureRef(signature.id, signature.link_key))


def count_referrals(runtime: Runtime, signature: Signature) -> int:
    """How many verified signatures came by a signatory's personal link, up to one more than MAX_REFERRALS_COUNTED, which stands
    for any number above it. Raises StoreUnavailableError."""
    if signature.state is not SignatureState.VERIFIED:
        return 0
    with runtime.reading() as connection:
        code = share_code(runtime, signature)
        return supporters.count_referrals(connection, signature.campaign_id, code, signature.id, MAX_REFERRALS_COUNTED + 1)
