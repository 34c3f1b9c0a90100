"""Witnesses of the log: asked by the worker that also asks other services outside."""

from campaign.jobs import OFFER_CHECKPOINT
from campaign.runtime import Runtime
from campaign.services.log import witnesses


def offer_next(runtime: Runtime) -> int:
    """Offer the newest checkpoint; returns how many witnesses were asked."""
    runtime.mark_started(OFFER_CHECKPOINT)
    return witnesses.offer_checkpoint(runtime)
