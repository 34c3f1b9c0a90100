"""Cosignatures of witnesses (C2SP tlog-cosignature, version 1): a timestamped Ed25519 signature over a checkpoint."""

from campaign.domain.log.note import InvalidNoteError, NoteSignature, SignerKey, VerifierKey

_TIMESTAMP_BYTES = 8
_COSIGNATURE_BYTES = _TIMESTAMP_BYTES + 64
MAX_TIMESTAMP = 2**63 - 1


def cosign(text: str, key: SignerKey, timestamp: int) -> NoteSignature:
    """The cosignature of a witness over the text of a checkpoint; `timestamp` in seconds of the epoch."""
    signed = key.sign_bytes(_message(text, timestamp))
    return NoteSignature(key.name, key.verifier_key.key_id, timestamp.to_bytes(_TIMESTAMP_BYTES, "big") + signed)


def verify_cosignature(text: str, signature: NoteSignature, key: VerifierKey) -> int:
    """The timestamp of a cosignature over the text of a checkpoint, seconds of the epoch. Raises InvalidNoteError."""
    if not key.signs(signature) or len(signature.signature) != _COSIGNATURE_BYTES:
        raise InvalidNoteError(f"it is no cosignature of {key.name}")
    timestamp = int.from_bytes(signature.signature[:_TIMESTAMP_BYTES], "big")
    if not 0 < timestamp <= MAX_TIMESTAMP:
        raise InvalidNoteError(f"the cosignature of {key.name} has no time")
    if not key.holds(_message(text, timestamp), signature.signature[_TIMESTAMP_BYTES:]):
        raise InvalidNoteError(f"the cosignature of {key.name} does not hold")
    return timestamp


def _message(text: str, timestamp: int) -> bytes:
    return f"cosignature/v1\ntime {timestamp}\n{text}".encode()
