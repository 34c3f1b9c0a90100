"""`countersign restore`: puts a backup back where nothing runs."""

import shutil
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime
from pathlib import Path

import click
from sqlalchemy.exc import SQLAlchemyError

from campaign.cli.data_dir_lock import exclusive_data_dir
from campaign.cli.output_file import output_file
from campaign.cli.passphrase import passphrase_option, read_passphrase
from campaign.config import LOG_KEY_FILE, SECRET_KEY_FILE, Settings, env_file_text, environment_value, load_settings
from campaign.logs import configure_logging
from campaign.runtime import RedisUnavailableError, Runtime, make_runtime
from campaign.services.site.backup import BackupError, BackupReader, Manifest
from campaign.services.site.heartbeats import list_heartbeats
from campaign.store.database import migrate
from campaign.store.database.engine import StoreUnavailableError
from campaign.store.database.owned_tables import DatabaseContent, database_content
from campaign.store.log.read import last_checkpoint
from campaign.store.redis import own_keys

RESTORED_SETTINGS_FILE = "restored.env"
_MAX_NAMED_TABLES = 3


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@passphrase_option
@click.option("--overwrite", is_flag=True, help="Replace the database that is there. It is gone then.")
def restore(file: Path, passphrase_file: Path | None, *, overwrite: bool) -> None:
    """Put a backup back: database, keys, settings. Refuses a database that holds something unless told to overwrite it.

    Does what is easily forgotten: old files of SQLite beside the database, the schema's version, the copies in Redis.
    Nothing of ours may run meanwhile.
    """
    passphrase = read_passphrase(passphrase_file, confirm=False)
    settings = load_settings()
    configure_logging(settings.log_level)
    with exclusive_data_dir(settings), file.open("rb") as opened:
        try:
            reader = BackupReader(opened, passphrase)
            _require_same_key(settings, reader.manifest)
            before, after = _restore(settings, reader, overwrite=overwrite)
        except BackupError as error:
            raise click.ClickException(f"{file}: {error}") from None
    made_at = f"{datetime.fromisoformat(reader.manifest.made_at):%-d %B %Y, %H:%M:%S UTC}"
    click.echo(
        f"Restored what {file.name} held on {made_at}.\n{_settings_words(reader.manifest)}\n"
        "Start everything, then run `countersign reconcile` and `countersign doctor`."
    )
    if after:
        click.echo(_log_words(before, after))


def _restore(settings: Settings, reader: BackupReader, *, overwrite: bool) -> tuple[int | None, int | None]:
    """How many entries the public log had, and has now."""
    runtime = make_runtime(settings, max_connections=2)
    try:
        _require_nothing_runs(runtime)
        is_empty = _require_replaceable(runtime, overwrite=overwrite)
        before = None if is_empty else _log_size_before(settings)
        # The keys take their places as soon as the database has its own: each is worth nothing without the other.
        with _files_in_place(settings, reader.manifest):
            reader.restore_database(settings, runtime.engine)
        _forget_redis(runtime)
        try:
            migrate.upgrade_to_head(runtime.engine)
        except (KeyboardInterrupt, StoreUnavailableError):
            raise click.ClickException(
                "the backup is restored, but not brought to this program's version: run `countersign migrate`"
            ) from None
        return before, _log_size(runtime)
    finally:
        runtime.close()


def _log_size_before(settings: Settings) -> int | None:
    """The size of the log of the database that is replaced, over a connection that is closed before its file goes."""
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


def _settings_words(manifest: Manifest) -> str:
    """Which settings are not what they were, and where they stand."""
    now = load_settings()
    known = [name for name in manifest.settings if name.lower() in type(now).model_fields]
    changed = [name for name in known if environment_value(now, name.lower()) != manifest.settings[name]]
    path = now.data_dir / RESTORED_SETTINGS_FILE
    if not changed:
        return f"The settings are those of the backup; they are in {path}, too, which can be removed."
    return (
        f"These settings are not what they were: {', '.join(changed)}.\n{path} says them as they were: put what you need into "
        "your environment or .env, then remove that file."
    )


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
    if _has_no_redis_yet(runtime.settings):
        return
    try:
        alive = [each for each in list_heartbeats(runtime) if each.is_alive]
    except RedisUnavailableError:
        return
    if alive:
        raise click.ClickException(
            f"{alive[0].role} runs on {alive[0].machine} (and {len(alive) - 1} more); stop web, workers and clock everywhere"
        )


def _has_no_redis_yet(settings: Settings) -> bool:
    """Whether Redis is our own, which `up` starts, and does not run."""
    return not settings.redis_url and not settings.own_redis_socket.exists()


def _require_replaceable(runtime: Runtime, *, overwrite: bool) -> bool:
    """Whether the database is empty. Raises click.ClickException where it must not be replaced: it holds what is not ours, or a
    site, and nobody has said that it may go.
    """
    content = _content(runtime)
    if content is not None and content.foreign:
        named = ", ".join(sorted(content.foreign)[:_MAX_NAMED_TABLES])
        raise click.ClickException(
            f"DATABASE_URL: holds tables that are not Countersign's ({named}), which would be lost; name a database of its own"
        )
    is_empty = content is not None and content.is_empty
    if not is_empty and not overwrite:
        raise click.ClickException(
            "DATABASE_URL: holds a site already; name an empty database, or say --overwrite to replace it"
        )
    return is_empty


def _content(runtime: Runtime) -> DatabaseContent | None:
    """What the database holds; None where its file is damaged."""
    try:
        return database_content(runtime.engine)
    except StoreUnavailableError:
        if not runtime.settings.is_sqlite:
            raise
        return None


def _forget_redis(runtime: Runtime) -> None:
    """Copies in Redis are newer than the restored database, and would win; jobs and sessions belong to what is gone."""
    if not _has_no_redis_yet(runtime.settings):
        try:
            runtime.call_redis(own_keys.delete_all)
        except RedisUnavailableError:
            if runtime.settings.redis_url:
                click.echo("Redis does not answer: empty it before you start (FLUSHDB), or it shows newer numbers.", err=True)
                return
        else:
            return
    shutil.rmtree(runtime.settings.data_dir / "appendonlydir", ignore_errors=True)


@contextmanager
def _files_in_place(settings: Settings, manifest: Manifest) -> Iterator[None]:
    """Keys and settings of before in DATA_DIR, written now and in their places once the block has ended well."""
    texts = {RESTORED_SETTINGS_FILE: env_file_text(manifest.settings)}
    for name, file_name in (("SECRET_KEY", SECRET_KEY_FILE), ("LOG_KEY", LOG_KEY_FILE)):
        if value := manifest.settings.get(name):
            texts[file_name] = f"{value}\n"
    with ExitStack() as stack:
        for file_name, text in texts.items():
            stack.enter_context(output_file(str(settings.data_dir / file_name), name="DATA_DIR")).write(text.encode())
        yield
