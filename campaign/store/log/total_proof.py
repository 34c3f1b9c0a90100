"""Total proofs: by the first checkpoint that covers an entry, so that the proof of an entry stays the same for good."""

from sqlalchemy import Connection

from campaign.domain.campaigns.campaign import Campaign
from campaign.domain.log.merkle import Tree
from campaign.domain.log.proof import LogProof
from campaign.domain.log.total_proof import TotalProof
from campaign.store.log import history, read, witnesses
from campaign.store.log.tile_cache import TileCache

MAX_COVERING_CHECKPOINTS = 600
"""Checkpoints looked through for one that a witness has cosigned: ten minutes of them, when there is one each second."""


def total_sequence(connection: Connection, campaign: Campaign) -> int:
    """The sequence of the entry whose total is the number that a campaign shows: its last, or that of its certificate."""
    certified = history.certified_total(connection, campaign.id)
    return campaign.sequence if certified is None else certified.sequence


def find_total_proof(connection: Connection, campaign_id: int, sequence: int, cache: TileCache) -> TotalProof | None:
    """The proof of the total with an entry; None where the log has not got so far yet.

    The checkpoint is the first that a witness has cosigned, where there is one soon after the entry, else the first of all.
    """
    logged, newest = read.logged_entry(connection, campaign_id, sequence), read.last_checkpoint(connection)
    if logged is None or newest is None:
        return None
    found = read.covering_checkpoints(connection, logged.log_index, newest.verifier_key, MAX_COVERING_CHECKPOINTS)
    if not found:
        return None
    cosigned = witnesses.first_cosigned(connection, [one.id for one in found])
    checkpoint = next((one for one in found if one.id == cosigned), found[0])
    path = Tree(checkpoint.size, read.tile_reader(connection, checkpoint.size, cache)).inclusion_proof(logged.log_index)
    note = checkpoint.note + "".join(witnesses.cosignature_lines(connection, checkpoint.id))
    proof = LogProof(logged.log_index, tuple(path), note).serialise()
    return TotalProof(checkpoint.verifier_key, logged.entry, proof)
