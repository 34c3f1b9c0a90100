"""Backup of a site: one encrypted file with database, keys and settings, made while everything runs, and put back elsewhere.

The file holds sections, each a name and parts with their lengths: first the manifest, then what it names.
"""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import tempfile
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from campaign.config import environment_value
from campaign.security.stream_cipher import DecryptingReader, EncryptingWriter, StreamDecryptionError
from campaign.store.database import dump, schema_version
from campaign.store.database.dump import DumpedTable
from campaign.store.database.engine import StoreUnavailableError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from sqlalchemy import Engine

    from campaign.config import Settings

_MANIFEST, _DATABASE_FILE = "manifest", "database"
_MAX_PART_BYTES = 64 << 20
_NOT_KEPT = frozenset({"data_dir", "database_url", "redis_url", "host", "port"})
"""Settings that belong to the machine, not to the site."""
_FOLDER_PREFIX = ".backup-"


class BackupError(Exception):
    """A backup that cannot be made or put back; `str()` says why in a line."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """Manifest of a backup."""

    made_at: str
    program: str
    revision: str
    kind: str
    """`sqlite` or `postgresql`: it can be put back into the same kind only."""
    settings: dict[str, str]
    """By name, as in the environment; secrets too."""
    tables: list[dict[str, Any]]
    sequences: dict[str, list[Any]]


def write_backup(settings: Settings, engine: Engine, file: BinaryIO, passphrase: str, now: datetime) -> Manifest:
    """Write a backup into a file. Raises StoreUnavailableError, BackupError where there is no room for a copy of the database
    that the backup is made from, and OSError where the file cannot be written.
    """
    schema_version.require_current(engine)
    writer = _SectionWriter(EncryptingWriter(file, passphrase))

    def manifest(tables: list[DumpedTable], sequences: dict[str, list[Any]]) -> Manifest:
        made = Manifest(
            made_at=now.isoformat(),
            program=version("countersign"),
            revision=schema_version.head_revision(),
            kind="sqlite" if settings.is_sqlite else "postgresql",
            settings=_kept_settings(settings),
            tables=[asdict(table) for table in tables],
            sequences=sequences,
        )
        writer.part(_MANIFEST, json.dumps(asdict(made)).encode())
        return made

    if settings.is_sqlite:
        made = manifest([], {})
        with ExitStack() as stack:
            try:
                copy = stack.enter_context(_private_folder(settings.data_dir)) / "copy.sqlite3"
                dump.copy_sqlite(Path(settings.database_url.removeprefix("sqlite:///")), copy)
            except OSError as error:
                raise BackupError(
                    f"DATA_DIR: a copy of the database cannot be written in {settings.data_dir} ({error.strerror}); make room "
                    "for it, or see who may write there"
                ) from None
            for part in dump.file_parts(copy):
                writer.part(_DATABASE_FILE, part)
    else:
        found: list[Manifest] = []
        dump.dump_postgresql(engine, lambda tables, sequences: found.append(manifest(tables, sequences)), writer.part)
        [made] = found
    writer.finish()
    return made


class BackupReader:
    """A backup that is being put back. Raises BackupError where it cannot be read."""

    def __init__(self, file: BinaryIO, passphrase: str) -> None:
        try:
            self._sections = _SectionReader(DecryptingReader(file, passphrase))
            body = b"".join(self._sections.parts(_MANIFEST))
            self.manifest = Manifest(**json.loads(body))
        except StreamDecryptionError as error:
            raise BackupError(str(error)) from None
        except (ValueError, TypeError):
            raise BackupError("this backup is of a version this program does not know") from None

    def restore_database(self, settings: Settings, engine: Engine) -> None:
        """Put the database back, in place of what is there.

        Raises BackupError and StoreUnavailableError; then nothing is changed.
        """
        kind = "sqlite" if settings.is_sqlite else "postgresql"
        if self.manifest.kind != kind:
            raise BackupError(f"this backup is of {self.manifest.kind}, and DATABASE_URL names {kind}: set DATABASE_URL")
        if self.manifest.revision not in schema_version.known_revisions():
            raise BackupError(f"this backup was made by a newer program ({self.manifest.program}): install that version")
        try:
            if settings.is_sqlite:
                engine.dispose()
                dump.replace_sqlite(Path(settings.database_url.removeprefix("sqlite:///")), self._whole(_DATABASE_FILE))
            else:
                tables = [DumpedTable(**table) for table in self.manifest.tables]
                dump.restore_postgresql(engine, self.manifest.revision, tables, self.manifest.sequences, self._table)
        except StreamDecryptionError as error:
            raise BackupError(str(error)) from None
        except ValueError:
            raise BackupError("the database in this backup is damaged") from None
        except OSError as error:
            raise StoreUnavailableError from error

    def _whole(self, name: str) -> Iterator[bytes]:
        yield from self._sections.parts(name)
        self._sections.require_end()

    def _table(self, name: str) -> Iterator[bytes]:
        yield from self._sections.parts(name)
        if name == self.manifest.tables[-1]["name"]:
            self._sections.require_end()


class _SectionWriter:
    """Parts, each with the name of its section and its length."""

    def __init__(self, out: EncryptingWriter) -> None:
        self._out = out

    def part(self, name: str, body: bytes) -> None:
        if body:
            title = name.encode()
            self._out.write(bytes([len(title)]) + title + len(body).to_bytes(4, "big"))
            self._out.write(body)

    def finish(self) -> None:
        self._out.write(b"\0")
        self._out.finish()


class _SectionReader:
    """The parts of one section after the other; a section without parts is empty."""

    def __init__(self, reader: DecryptingReader) -> None:
        self._reader = reader
        self._next = self._read_name()

    def parts(self, name: str) -> Iterator[bytes]:
        while self._next == name:
            length = int.from_bytes(self._reader.read(4), "big")
            if length > _MAX_PART_BYTES:
                raise StreamDecryptionError("the backup is damaged")
            yield self._reader.read(length)
            self._next = self._read_name()

    def require_end(self) -> None:
        if self._next:
            raise StreamDecryptionError("the backup holds something this program does not know")
        self._reader.require_end()

    def _read_name(self) -> str:
        return self._reader.read(self._reader.read(1)[0]).decode()


def _kept_settings(settings: Settings) -> dict[str, str]:
    """The settings that were made for this site, as the environment has them; the keys always."""
    made = settings.model_fields_set | {"secret_key", "log_key", "base_url"}
    kept = {name: environment_value(settings, name) for name in sorted(made - _NOT_KEPT)}
    return {name.upper(): value for name, value in kept.items() if value}


@contextmanager
def _private_folder(parent: Path) -> Iterator[Path]:
    """Folder for a copy of everything that nobody has encrypted. Those of backups that were killed are removed."""
    for left in parent.glob(f"{_FOLDER_PREFIX}*"):
        with suppress(OSError), _locked(left):
            shutil.rmtree(left)
    with tempfile.TemporaryDirectory(prefix=_FOLDER_PREFIX, dir=parent) as folder, _locked(Path(folder)):
        yield Path(folder)


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """Lock of a folder, which ends with its process. Raises BlockingIOError where another has it."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    finally:
        os.close(handle)
