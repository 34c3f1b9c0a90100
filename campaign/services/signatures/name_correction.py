"""Correction of a name by its signatory, after they have confirmed it."""

from campaign.domain.signatures.name_correction import read_name_correction
from campaign.runtime import Runtime
from campaign.store.signatures import name_correction
from campaign.store.signatures.signatures import Signature


def correct_name(runtime: Runtime, signature: Signature, typed: str) -> bool:
    """Correct the spelling of the name. False where the signature no longer counts, or the total is final.

    Raises InvalidInputError: what was typed is no name, or is another than the one that was signed.
    """
    name = read_name_correction(typed, signature.logged_name)
    if name == signature.name:
        return True
    with runtime.transaction() as connection:
        return name_correction.correct_name(connection, signature.id, name, runtime.now())
