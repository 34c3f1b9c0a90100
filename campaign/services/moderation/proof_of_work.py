"""Proof of work: asked of the networks a flood comes from, while it does, and of nobody else. Nobody is refused by it."""

import hashlib
from typing import Any

from campaign.runtime import RedisUnavailableError, Runtime
from campaign.security.proof_of_work import new_challenge, read_solution
from campaign.store.redis import floods

_PURPOSE = "proof of work"


def flooding_networks(runtime: Runtime) -> frozenset[str]:
    """Keyed hashes of the networks a flood comes from; none where Redis does not answer."""
    try:
        return runtime.call_redis(floods.flooding_networks)
    except RedisUnavailableError:
        return frozenset()


def network_hash(runtime: Runtime, network: str) -> str:
    """The name of a network in `flooding_networks`."""
    return runtime.tokens.rate_limit_hash(f"flood {network}")


def make_challenge(runtime: Runtime) -> dict[str, Any]:
    """A challenge for a browser to solve, as JSON has it. Nothing of it is kept."""
    return new_challenge(_key(runtime), runtime.now())


def take_solution(runtime: Runtime, payload: str) -> bool:
    """Whether a form carries a solved challenge that was not shown before; from then on it was.

    Where Redis does not answer nothing can be remembered, and nobody is asked for long.
    """
    solved = read_solution(_key(runtime), payload, runtime.now())
    if solved is None:
        return False
    name = hashlib.sha256(solved.id.encode()).hexdigest()[:32]
    try:
        return runtime.call_redis(lambda redis: floods.record_solved(redis, name, solved.seconds_left))
    except RedisUnavailableError:
        return True


def _key(runtime: Runtime) -> str:
    return runtime.tokens.record_mac(_PURPOSE, "challenge")
