"""One step more for who signs from a network that a flood comes from: a calculation of their browser, or their mail waits."""

from flask import Blueprint, Response, jsonify, request

from campaign.services.moderation import proof_of_work
from campaign.web.app_context import runtime
from campaign.web.cache import Region, process_cache
from campaign.web.security_headers import no_store

CHALLENGE_PATH = "/proof-of-work"
PROOF_FIELD = "proof"
WAIT_FIELD = "wait"
CACHE_SECONDS = 2.0
"""Seconds a process believes what it has read."""
FLOODS: Region[frozenset[str]] = Region("floods", max_entries=1, seconds=CACHE_SECONDS)

blueprint = Blueprint("proof_of_work", __name__)


@blueprint.get(CHALLENGE_PATH)
def show_challenge() -> Response:
    """A challenge for the script of a form that came back."""
    return no_store(jsonify(proof_of_work.make_challenge(runtime())))


def is_flooding(network: str) -> bool:
    """Whether a flood comes from a network at present."""
    known = process_cache().get(FLOODS, "all", lambda: proof_of_work.flooding_networks(runtime()))
    return bool(network) and bool(known) and proof_of_work.network_hash(runtime(), network) in known


def is_proved() -> bool:
    """Whether the form that is being answered carries a solved challenge. One that does is taken once."""
    return proof_of_work.take_solution(runtime(), request.form.get(PROOF_FIELD, ""))


def may_wait() -> bool:
    """Whether the form says that its mail may wait behind all others."""
    return bool(request.form.get(WAIT_FIELD))
