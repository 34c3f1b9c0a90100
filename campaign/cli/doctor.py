"""`countersign doctor`: does once what everything else must be able to do, and says what to do about each finding."""

from collections.abc import Iterator

import click

from campaign.config import InvalidSettingsError, load_settings, require_secret
from campaign.domain.common.email_address import read_email_address, smtp_address
from campaign.domain.common.invalid_input import InvalidInputError
from campaign.domain.site.finding import Finding, Outcome, fault
from campaign.logs import configure_logging
from campaign.runtime import make_runtime
from campaign.services.site.diagnosis import diagnose, dkim, sender
from campaign.services.site.diagnosis.run import MAX_CONNECTIONS
from campaign.store.database.engine import StoreUnavailableError
from campaign.store.database.failure_reason import failure_reason


@click.command()
@click.option("--mail", "address", metavar="ADDRESS", default="", help="Also send it a test mail and read the sender's DNS.")
@click.option("--selector", "selectors", multiple=True, help="Selector of the DKIM key, where it is not found by itself.")
def doctor(address: str, selectors: tuple[str, ...]) -> None:
    """Check that everything can be done: writing rows and keys, handing over mail, working off queues. Exit code 1 on a fault.

    A check that cannot be carried out is UNKNOWN, which is no success either: the exit code is 1.
    """
    if address:
        try:
            address = smtp_address(read_email_address(address).typed)
        except InvalidInputError as error:
            raise click.UsageError(f"--mail: {error}") from None
    faults = unknowns = 0
    for finding in _findings(address, selectors):
        faults += finding.outcome is Outcome.FAULT
        unknowns += finding.outcome is Outcome.UNKNOWN
        click.echo(f"{finding.outcome:<7}  {finding.subject:<9} {finding.message}")
        if finding.next_step:
            click.echo(f"{'':<16} → {finding.next_step}")
    if faults or unknowns:
        found = [
            f"{count} {noun}{'s' if count > 1 else ''}" for count, noun in ((faults, "fault"), (unknowns, "unknown")) if count
        ]
        raise click.ClickException(f"{' and '.join(found)} found; the lines marked → say what to do")


def _findings(address: str, selectors: tuple[str, ...]) -> Iterator[Finding]:
    try:
        settings = load_settings()
        require_secret(settings)
    except InvalidSettingsError as refused:
        yield fault("settings", str(refused), "set it in the environment or in .env")
        return
    configure_logging("ERROR")  # what is wrong is told below
    yield Finding("settings", f"read; data in {settings.data_dir}, site at {settings.base_url}")
    try:
        runtime = make_runtime(settings, max_connections=MAX_CONNECTIONS)
    except StoreUnavailableError as error:
        yield fault("database", f"cannot be opened: it {failure_reason(error).message}", failure_reason(error).advice)
        return
    try:
        yield from diagnose(runtime)
        if address:
            yield from sender.check_trial_mail(runtime, address)
            if settings.bounce_url.get_secret_value() and not selectors:
                signature, selectors = dkim.check_own_signature(runtime)
                yield signature
            yield from sender.check_sender_records(runtime, selectors)
    finally:
        runtime.close()
