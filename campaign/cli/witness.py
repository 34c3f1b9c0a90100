"""`countersign witness`: watches the logs of other sites from anybody's machine, and signs that they only ever grow."""

import fcntl
import secrets
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import click

from campaign.cli.witness_server import WitnessServer, cosigned_line, read_listen_address
from campaign.clients.log_site import SiteClient, SiteUnreachableError
from campaign.domain.log.add_checkpoint import RefusedCheckpointError
from campaign.domain.log.note import ED25519_COSIGNATURE, InvalidNoteError, SignerKey, VerifierKey
from campaign.services.log.witness_service import (
    WitnessService,
    WitnessStateError,
    known_log_key,
    remember_log_key,
    write_durably,
)

KEY_FILE = "witness_key"
DEFAULT_SECONDS = 60


@dataclass
class _Log:
    """A log that is followed."""

    origin: str
    client: SiteClient
    told: str = ""
    """What was last said of it that was not good."""


@click.command()
@click.argument("urls", metavar="URL...", nargs=-1, required=True)
@click.option(
    "--key", "key_file", type=click.Path(dir_okay=False, path_type=Path), help="The private key; made where there is none."
)
@click.option(
    "--state",
    "folder",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("witness"),
    show_default=True,
    help="The folder that remembers what was seen. Losing it means beginning anew, with another key.",
)
@click.option("--name", default="", help="The name of a new key: your address without https://, as in watch.example.org.")
@click.option(
    "--listen", default="", metavar="HOST:PORT", help="Also answer sites that offer their checkpoints (add-checkpoint)."
)
@click.option(
    "--every",
    "seconds",
    type=click.IntRange(1, 86_400),
    default=DEFAULT_SECONDS,
    show_default=True,
    help="Seconds between two looks at each log.",
)
@click.option("--once", is_flag=True, help="Look once and end; exit code 1 where a log was refused or could not be read.")
def witness(
    urls: tuple[str, ...], key_file: Path | None, folder: Path, name: str, listen: str, seconds: int, *, once: bool
) -> None:  # fmt: skip
    """Watch the public logs of sites: remember each checkpoint, prove that the next continues it, and cosign it.

    A site that shows one history today and another tomorrow is refused for good, and what it signed is kept as evidence. Sites
    name a witness in WITNESSES by the key that this prints, and the address that --listen can be reached at. A log is known by
    the key it had when it was first looked at. Needs no settings and no database.
    """  # fmt: skip
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        with _alone(folder), ExitStack() as opened:
            key = _read_or_make_key(key_file or folder / KEY_FILE, name)
            logs = [_open_log(url, folder, opened) for url in urls]
            keys = {log.origin: known for log in logs if (known := known_log_key(folder, log.origin))}
            service = WitnessService(key, folder, keys, lambda: int(time.time()))
            click.echo(f"Witness {key.verifier_key.serialise()}")
            for origin, known in keys.items():
                click.echo(f"watches {origin}, {service.size(origin):,} entries so far, known by {known.serialise()}")
            if listen:
                _serve(service, read_listen_address(listen), key, list(keys), opened)
            _follow(service, logs, seconds, once=once)
    except (WitnessStateError, SiteUnreachableError) as error:
        raise click.ClickException(str(error)) from None
    except OSError as error:
        raise click.ClickException(f"{error.filename or folder}: {error.strerror or error}") from None


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """The folder for this process alone."""
    with (folder / "lock").open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise click.ClickException(f"another witness runs in {folder}") from None
        yield


def _read_or_make_key(path: Path, name: str) -> SignerKey:
    if path.exists():
        try:
            key = SignerKey.parse(path.read_text(encoding="utf-8", errors="replace"))
        except InvalidNoteError as error:
            raise click.ClickException(f"{path}: {error}") from None
        if key.signature_type != ED25519_COSIGNATURE:
            raise click.ClickException(f"{path}: it is the key of a log, not of a witness")
        if name and name != key.name:
            raise click.ClickException(f"--name: the key in {path} has the name {key.name}")
        return key
    name = name or f"{socket.getfqdn()}/witness"
    if not name.isprintable() or any(letter in name for letter in " +"):
        raise click.ClickException("--name: must have neither spaces nor a plus sign, as in watch.example.org")
    key = SignerKey(name, secrets.token_bytes(32), ED25519_COSIGNATURE)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    write_durably(path, key.serialise() + "\n")
    return key


def _open_log(url: str, folder: Path, opened: ExitStack) -> _Log:
    """A log by the address of its site; its key is fetched where the witness does not know it yet."""
    address = url.rstrip("/").removesuffix("/log")
    parts = urlsplit(address)
    if parts.scheme not in ("http", "https") or not parts.netloc:
        raise click.ClickException(f"{url} is not the address of a site, as in https://sign.example.org")
    client = SiteClient(f"{address}/log")
    opened.callback(client.close)
    origin = f"{parts.netloc}{parts.path}/log"
    if known_log_key(folder, origin) is None:
        data = client.get("key")
        if data is None:
            raise click.ClickException(f"{url} has no public log; is it an address of Countersign?")
        try:
            key = VerifierKey.parse(data.decode(errors="replace"))
        except InvalidNoteError as error:
            raise click.ClickException(f"{url}/log/key: {error}") from None
        if key.name != origin:
            raise click.ClickException(f"{url} is the log {key.name}; give the address that its own name has")
        remember_log_key(folder, key)
    return _Log(origin, client)


def _serve(
    service: WitnessService, address: tuple[str, int], key: SignerKey, origins: list[str], opened: ExitStack
) -> None:  # fmt: skip
    def about() -> str:
        lines = "".join(f"{origin}: {service.size(origin)} entries\n" for origin in origins)
        return f"A witness of public logs (c2sp.org/tlog-witness): POST add-checkpoint\n{key.verifier_key.serialise()}\n{lines}"

    server = WitnessServer(service, address, about, click.echo)
    thread = threading.Thread(target=server.serve_forever, name="witness", daemon=True)
    thread.start()
    opened.callback(server.server_close)
    opened.callback(server.shutdown)
    host, port = server.server_address[:2]
    click.echo(f"listens on {host!s}:{port}")


def _follow(service: WitnessService, logs: list[_Log], seconds: int, *, once: bool) -> None:
    while True:
        problems = [problem for log in logs if (problem := _look(service, log))]
        if once:
            if problems:
                raise click.ClickException("; ".join(problems))
            return
        time.sleep(seconds)


def _look(service: WitnessService, log: _Log) -> str:
    """Look at one log, and say what is new; returns what is not good."""

    def fetch(path: str) -> bytes:
        data = log.client.get(path)
        if data is None:
            raise SiteUnreachableError(f"{log.origin} has no {path}")
        return data

    problem = ""
    try:
        cosigned = service.follow(log.origin, fetch)
        if cosigned is not None:
            click.echo(cosigned_line(cosigned))
    except RefusedCheckpointError as refusal:
        problem = f"REFUSED {log.origin}: {refusal}"
    except SiteUnreachableError as error:
        problem = str(error)
    if problem and problem != log.told:
        click.echo(problem, err=True)
    log.told = problem
    return problem
