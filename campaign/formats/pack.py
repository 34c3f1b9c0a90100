"""The pack: a ZIP with files, a manifest that says of each what it is, and a seal over all of it.

The seal is the ZIP's comment: the SHA-256 of every octet before it. One that was changed anywhere is found, also where no file
would look different for it.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, BinaryIO, Self
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile

from campaign.formats.zip_entry import zip_entry

MANIFEST = "MANIFEST.json"
CHECKSUMS = "SHA256SUMS"
TOTAL_PROOF = "log.json"
TIMESTAMP = "MANIFEST.tsr"
"""The time stamp of the manifest (RFC 3161). It comes after the pack is made, so the manifest does not list it."""
SEAL_PREFIX = b"sha256:"
SEAL_BYTES = len(SEAL_PREFIX) + 64
CHUNK_BYTES = 1 << 20
"""Octets read or written at a time."""
_COMPRESSED_SUFFIXES = (".xlsx", ".pdf")
"""What is compressed already."""


@dataclass(frozen=True, slots=True)
class PackedFile:
    """A file in a pack."""

    path: str
    sha256: str
    size: int
    rows: int | None
    """Signatures in it; None where it is no list of them."""

    def to_json(self) -> dict[str, Any]:
        """As the manifest tells it."""
        rows = {} if self.rows is None else {"rows": self.rows}
        return {"path": self.path, "sha256": self.sha256, "size": self.size, **rows}


class _HashingFile:
    """A file that is hashed while it is written."""

    def __init__(self, out: Any) -> None:
        self._out, self._hash, self.size, self.rows = out, hashlib.sha256(), 0, None

    rows: int | None

    def write(self, data: bytes) -> int:
        self._hash.update(data)
        self.size += len(data)
        self._out.write(data)
        return len(data)

    def flush(self) -> None:
        """The file in the ZIP has no buffer of its own."""

    @property
    def digest(self) -> str:
        return self._hash.hexdigest()

    # What a text layer asks of a file before it writes to it.
    closed = False

    def readable(self) -> bool:
        return False

    def writable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return False


class PackWriter:
    """A pack that is being written to a file, which must be one that can be read and written anywhere."""

    def __init__(self, out: BinaryIO) -> None:
        self._out, self._files = out, list[PackedFile]()
        self._zip = ZipFile(out, "w")

    @contextmanager
    def add(self, path: str) -> Iterator[Any]:
        """A file to write into; set its `rows` where it is a list of signatures."""
        made = zip_entry(path, ZIP_STORED if path.endswith(_COMPRESSED_SUFFIXES) else ZIP_DEFLATED)
        with self._zip.open(made, "w", force_zip64=True) as part:
            hashed = _HashingFile(part)
            yield hashed
        self._files.append(PackedFile(path, hashed.digest, hashed.size, hashed.rows))

    def add_checksums(self) -> None:
        """A file for `sha256sum -c` with all that is in the pack until now."""
        with self.add(CHECKSUMS) as part:
            for packed in list(self._files):
                part.write(f"{packed.sha256}  {packed.path}\n".encode())

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *ended: object) -> None:
        # What was not finished is no pack: nothing more is written to its file.
        self._zip.fp = None

    def finish(self, facts: Mapping[str, Any]) -> None:
        """Write the manifest with these facts before the list of files, and seal the pack."""
        manifest = {**facts, "files": [packed.to_json() for packed in self._files]}
        self._zip.writestr(zip_entry(MANIFEST), json.dumps(manifest, ensure_ascii=False, indent=2) + "\n")
        self._zip.comment = SEAL_PREFIX + b"0" * 64
        self._zip.close()
        self._out.flush()
        size = self._out.seek(0, 2)
        seal = seal_digest(self._out, size - SEAL_BYTES)
        self._out.seek(size - SEAL_BYTES)
        self._out.write(SEAL_PREFIX + seal.encode())


def seal_digest(file: BinaryIO, size: int) -> str:
    """What the seal of a pack says: the SHA-256 of its first `size` octets."""
    digest, left = hashlib.sha256(), size
    file.seek(0)
    while left > 0 and (piece := file.read(min(CHUNK_BYTES, left))):
        digest.update(piece)
        left -= len(piece)
    return digest.hexdigest()
