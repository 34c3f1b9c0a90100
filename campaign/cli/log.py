"""`countersign verify-log` and `countersign verify-receipt`: for anybody; neither needs settings or a database."""

import json
import re
import time
from pathlib import Path

import click

from campaign.cli.published_log import LOG_HELP, echo_grown_log, verify_published_log
from campaign.domain.log.note import InvalidNoteError, VerifierKey
from campaign.domain.log.proof import LogProof
from campaign.domain.log.receipt import InvalidReceiptError, Receipt
from campaign.services.log.verify import VerifiedCampaign

LIMITS = "This shows that the count is kept honestly. It cannot show that each signatory is a real person who may sign."


@click.command("verify-log")
@click.argument("place", metavar="URL|FOLDER")
@click.option("--key", default="", help="The key you know, as printed on papers and certificates.")
@click.option(
    "--memory", type=click.Path(dir_okay=False, path_type=Path), help="The file that keeps what was seen; here without."
)
def verify_log_command(place: str, key: str, memory: Path | None) -> None:
    """Verify the public log of a site, and that the numbers it shows are those of the log.

    Remembers the checkpoint: the next time it also proves that the log has only grown since. Exit code 1 where something does
    not hold.
    """
    name = re.sub("[^a-z0-9.]+", "-", place.lower()).strip("-")
    memory = memory or Path(f"countersign-log-{name}.json")
    seen = json.loads(memory.read_text(encoding="utf-8")) if memory.exists() else {}
    found = verify_published_log(place, key=key or seen.get("key", ""), remembered=seen.get("checkpoint", ""))
    click.echo(f"{found.checkpoint.origin}: {found.checkpoint.size:,} entries, signed with {found.key.serialise()}")
    if seen:
        click.echo(f"Nothing was dropped, changed or reordered since {seen['when']}.")
    for campaign in found.campaigns:
        click.echo(_campaign_line(campaign))
    click.echo(LIMITS)
    when = time.strftime("%Y-%m-%d %H:%M UTC", time.gmtime())
    kept = {"key": found.key.serialise(), "checkpoint": found.note, "when": when}
    memory.write_text(json.dumps(kept), encoding="utf-8")


@click.command("verify-receipt")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--key", default="", help="The key you know, as printed on papers and certificates.")
@click.option("--log", "place", metavar="URL|FOLDER", default="", help=LOG_HELP)
def verify_receipt(file: Path, key: str, place: str) -> None:
    """Verify a receipt: that the signature it tells of is in the count. Works without a network.

    With --log also that the log of today still holds all of it, and that the site shows what the log says.
    """
    try:
        receipt = Receipt.parse(file.read_bytes())
        known = VerifierKey.parse(key) if key else None
        found = receipt.verify(known)
    except (InvalidReceiptError, InvalidNoteError) as error:
        raise click.ClickException(f"{file}: {error}") from None
    click.echo(
        f"The signature of {receipt.statement.name} ({receipt.statement.address}) is in the count of {found.entry.campaign}: "
        f"entry {found.entry.sequence}, counted in the hour {found.entry.hour}, as number {found.entry.total:,}."
    )
    click.echo(f"The log {found.checkpoint.origin} had {found.checkpoint.size:,} entries when it signed that, with the key")
    click.echo(f"  {receipt.key}")
    if known is None:
        click.echo("  The receipt names this key itself: compare it with the one on papers, certificates, or at /log/key.")
    if place:
        echo_grown_log(place, receipt.key, LogProof.parse(receipt.proof).checkpoint)


def _campaign_line(campaign: VerifiedCampaign) -> str:
    if campaign.shown is None:
        return f"{campaign.name}: not shown on the site any more; the log has {campaign.total:,}"
    before = campaign.entries_from_before
    words = {
        "verify": "verified", "paper": "on paper", "withdraw": "withdrawn", "invalidate": "removed", "restore": "restored",
        "undo": "undone",
    }  # fmt: skip
    numbers = ", ".join(f"{campaign.events[event]:,} {word}" for event, word in words.items())
    older = f"; the first {before:,} entries are from before the log" if before else ""
    return f"{campaign.name}: {campaign.shown:,} shown, and so says the log; {numbers}; none counted twice{older}"
