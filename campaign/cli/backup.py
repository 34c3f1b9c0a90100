"""`countersign backup` and `countersign restore`: one encrypted file of everything, made while everything runs."""

import fcntl
import os
import shutil
import sys
from pathlib import Path

import click
from sqlalchemy.exc import SQLAlchemyError

from campaign.cli.command_runtime import command_runtime
from campaign.cli.output_file import output_file
from campaign.config import LOG_KEY_FILE, SECRET_KEY_FILE, Settings, load_settings
from campaign.logs import configure_logging
from campaign.runtime import RedisUnavailableError, Runtime, make_runtime
from campaign.services.site import backup as backups
from campaign.services.site.backup import BackupError, BackupReader, Manifest
from campaign.services.site.heartbeats import list_heartbeats
from campaign.store.database import migrate, schema_version
from campaign.store.database.engine import StoreUnavailableError
from campaign.store.log.read import last_checkpoint
from campaign.store.redis import own_keys

MIN_PASSPHRASE_LENGTH = 12
"""Characters. The file holds names, addresses and the key that signs links, and may lie anywhere."""
_RESTORED_SETTINGS_FILE = "restored.env"

_passphrase_option = click.option(
    "--passphrase-file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A file with the passphrase in its first line; it is asked for otherwise.",
)


@click.command()
@click.argument("file", metavar="FILE")
@_passphrase_option
def backup(file: str, passphrase_file: Path | None) -> None:
    """Write database, keys and settings into FILE, encrypted with a passphrase, while everything runs.

    Without the passphrase nobody opens it again: keep it apart from the file.
    """
    passphrase = _passphrase(passphrase_file, confirm=True)
    if len(passphrase) < MIN_PASSPHRASE_LENGTH:
        raise click.ClickException(f"the passphrase must have {MIN_PASSPHRASE_LENGTH} characters or more")
    with command_runtime() as runtime, output_file(file) as out:
        made = backups.write_backup(runtime.settings, runtime.engine, out, passphrase, runtime.now())
    size = Path(file).stat().st_size if file != "-" else 0
    click.echo(f"{file} is written: {made.kind} at version {made.revision}, {size:,} octets.", err=file == "-")


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@_passphrase_option
@click.option("--overwrite", is_flag=True, help="Replace the database that is there. It is gone then.")
def restore(file: Path, passphrase_file: Path | None, *, overwrite: bool) -> None:
    """Put a backup back: database, keys, settings. Refuses a database that holds something unless told to overwrite it.

    Does what is easily forgotten: old files of SQLite beside the database, the schema's version, the copies in Redis.
    Nothing of ours may run meanwhile.
    """
    passphrase = _passphrase(passphrase_file, confirm=False)
    settings = load_settings()
    configure_logging(settings.log_level)
    settings.data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    with (settings.data_dir / "up.lock").open("a") as lock, file.open("rb") as opened:
        try:
            fcntl.lockf(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise click.ClickException(f"`countersign up` runs in {settings.data_dir}; stop it first") from None
        try:
            reader = BackupReader(opened, passphrase)
            _require_same_key(settings, reader.manifest)
            runtime = make_runtime(settings, max_connections=2)
            try:
                _require_nothing_runs(runtime)
                if not overwrite:
                    _require_empty(runtime)
                before = _log_size_before(settings)
                reader.restore_database(settings, runtime.engine)
                migrate.upgrade_to_head(runtime.engine)
                after = _log_size(runtime)
                _forget_redis(runtime)
            finally:
                runtime.close()
        except BackupError as error:
            raise click.ClickException(f"{file}: {error}") from None
    _restore_keys(settings, reader.manifest)
    click.echo(
        f"Restored what {file.name} held on {reader.manifest.made_at}.\n"
        f"Its settings are in {settings.data_dir / _RESTORED_SETTINGS_FILE}: compare them with yours, then remove that file.\n"
        "Start everything, then run `countersign reconcile` and `countersign doctor`."
    )
    if after:
        click.echo(_log_words(before, after))


def _log_size_before(settings: Settings) -> int | None:
    """The same of the database that is replaced, over a connection that is closed before its file goes."""
    runtime = make_runtime(settings, max_connections=1)
    try:
        return _log_size(runtime)
    finally:
        runtime.close()


def _log_size(runtime: Runtime) -> int | None:
    """Entries of the public log that a checkpoint was signed for; None where there is no log, or it cannot be read."""
    try:
        with runtime.reading() as connection:
            last = last_checkpoint(connection)
    except (StoreUnavailableError, SQLAlchemyError):
        # What is replaced may be empty, of another version, or damaged.
        return None
    return last.size if last else None


def _log_words(before: int | None, after: int) -> str:
    """What a restore means for the public log, which everybody else remembers as it was."""
    if before is not None and before <= after:
        return f"The public log has {after:,} entries, as many as before: to those who watch it, nothing has happened."
    lost = "It is not known how many it had before."
    if before is not None:
        lost = f"It had {before:,} before: {before - after:,} are gone."
    return (
        f"The public log has {after:,} entries now. {lost}\n"
        "Whoever has seen a later checkpoint, witnesses first, will refuse the log from now on: history was rewritten.\n"
        "If the newer database can still be read, put that back instead. If not, say publicly what was lost, and when: see "
        "“A restored log” in docs/operations.md."
    )


def _passphrase(file: Path | None, *, confirm: bool) -> str:
    if file is not None:
        return (file.read_text(encoding="utf-8").splitlines() or [""])[0]
    if not sys.stdin.isatty():
        raise click.ClickException("no terminal to ask for the passphrase; give --passphrase-file")
    return str(click.prompt("Passphrase", hide_input=True, confirmation_prompt=confirm))


def _require_same_key(settings: Settings, manifest: Manifest) -> None:
    """A key of another site would make every mailed link invalid."""
    ours, theirs = settings.secret_key.get_secret_value(), manifest.settings.get("SECRET_KEY", "")
    known = {ours, *(key.get_secret_value() for key in settings.secret_key_fallbacks)}
    kept = settings.data_dir / SECRET_KEY_FILE
    if ours and theirs not in known and not (kept.is_file() and kept.read_text().strip() == ours):
        raise click.ClickException(
            "SECRET_KEY: differs from the backup's, and links mailed by it would not work; unset it, or put the backup's "
            "into SECRET_KEY_FALLBACKS"
        )


def _require_nothing_runs(runtime: Runtime) -> None:
    try:
        alive = [each for each in list_heartbeats(runtime) if each.is_alive]
    except RedisUnavailableError:
        return
    if alive:
        raise click.ClickException(
            f"{alive[0].role} runs on {alive[0].machine} (and {len(alive) - 1} more); stop web, workers and clock everywhere"
        )


def _require_empty(runtime: Runtime) -> None:
    try:
        if schema_version.current_revision(runtime.engine) is None:
            return
    except StoreUnavailableError:
        if not runtime.settings.is_sqlite:
            raise
    raise click.ClickException("DATABASE_URL: holds a site already; name an empty database, or say --overwrite to replace it")


def _forget_redis(runtime: Runtime) -> None:
    """Copies in Redis are newer than the restored database, and would win; jobs and sessions belong to what is gone."""
    try:
        runtime.call_redis(own_keys.delete_all)
    except RedisUnavailableError:
        if runtime.settings.redis_url:
            click.echo("Redis does not answer: empty it before you start (FLUSHDB), or it shows newer numbers.", err=True)
        else:
            shutil.rmtree(runtime.settings.data_dir / "appendonlydir", ignore_errors=True)


def _restore_keys(settings: Settings, manifest: Manifest) -> None:
    for name, file_name in (("SECRET_KEY", SECRET_KEY_FILE), ("LOG_KEY", LOG_KEY_FILE)):
        if value := manifest.settings.get(name):
            _write_private(settings.data_dir / file_name, f"{value}\n")
    lines = [f"{name}={value}\n" for name, value in sorted(manifest.settings.items())]
    _write_private(settings.data_dir / _RESTORED_SETTINGS_FILE, "".join(lines))


def _write_private(path: Path, text: str) -> None:
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)
