"""Published logs as commands check them: of a site that can be reached, or of a folder with a copy of its files."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from campaign.clients.log_site import SiteClient, SiteUnreachableError
from campaign.domain.log.audit import LogFaultError
from campaign.services.log.verify import Fetch, NotPublishedError, VerifiedLog, verify_log

CATCH_UP_SECONDS = 2.0
"""How long a log may take to have what a site has counted."""
LOG_HELP = "The site, or a folder with a copy of its files: its log must hold, and still begin with what this was proved from."


def verify_published_log(place: str, *, key: str, remembered: str) -> VerifiedLog:
    """Verify the log at a place, which must continue a remembered checkpoint. Raises click.ClickException with one sentence."""
    try:
        with _opened(place) as (fetch, is_remote):
            wait = (lambda: time.sleep(CATCH_UP_SECONDS)) if is_remote else None
            return verify_log(fetch, key=key, remembered=remembered, wait=wait)
    except (LogFaultError, SiteUnreachableError) as fault:
        raise click.ClickException(str(fault)) from None
    except NotPublishedError as missing:
        raise click.ClickException(f"{place} has no {missing}; is it an address of Countersign?") from None


def echo_grown_log(place: str, key: str, checkpoint: str) -> None:
    """Verify that the log at a place continues the checkpoint of a proof, and say so. Raises click.ClickException."""
    found = verify_published_log(place, key=key, remembered=checkpoint)
    click.echo(f"The log at {place} holds: it has {found.checkpoint.size:,} entries now, and begins with those of this proof.")


@contextmanager
def _opened(place: str) -> Iterator[tuple[Fetch, bool]]:
    """A reader of a site or of a folder, and whether it is a site."""
    if not place.startswith(("http://", "https://")):
        folder = Path(place)
        if not folder.is_dir():
            raise click.ClickException(f"{place} is neither an address, as https://sign.example.org, nor a folder")

        def read(path: str) -> bytes:
            try:
                return (folder / path).read_bytes()
            except OSError:
                raise NotPublishedError(path) from None

        yield read, False
        return
    client = SiteClient(place)

    def fetch(path: str) -> bytes:
        found = client.get(path)
        if found is None:
            raise NotPublishedError(path)
        return found

    try:
        yield fetch, True
    finally:
        client.close()
