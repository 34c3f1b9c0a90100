"""`countersign migrate` and `countersign reconcile`."""

import click

from campaign import campaigning, counting, operating
from campaign.cli.world import the_campaign, world
from campaign.config import load_settings
from campaign.counting import Reconciled
from campaign.domain.actor import COMMAND_LINE
from campaign.runtime import make_runtime
from campaign.store import schema


@click.command()
def migrate() -> None:
    """Bring the database to the newest version. Safe to run at any time, also twice at once."""
    runtime = make_runtime(load_settings(), connections=1)
    try:
        before = schema.current(runtime.engine)
        schema.migrate(runtime.engine)
        after = schema.current(runtime.engine)
    finally:
        runtime.close()
    click.echo(
        f"The database is at version {after}."
        if before == after
        else f"The database went from version {before or 'none'} to {after}."
    )


@click.command()
@click.argument("slug", required=False)
def reconcile(slug: str | None) -> None:
    """Recompute every count (or one) from the signatures and the ledger, report the drift, and repair Redis and the search.

    Exit code 1 where the store does not agree with itself.
    """
    drifts: dict[str, int] = {}
    with world() as runtime:
        if slug:
            chosen = [the_campaign(runtime, slug)]
        else:
            chosen, page = [], campaigning.page(runtime)
            while page:
                chosen += page
                page = campaigning.page(runtime, len(chosen))
        for standing in chosen:
            found = counting.reconcile(runtime, standing)
            click.echo(_line(found))
            if found.off_by:
                drifts[standing.slug] = found.off_by
        if slug:
            operating.note_proved_one(runtime, COMMAND_LINE, chosen[0], sum(drifts.values()))
        else:
            operating.note_proved(runtime, COMMAND_LINE, len(chosen), drifts)
    if drifts:
        raise click.ClickException(f"{len(drifts)} of {len(chosen)} campaigns drift; keep a copy of the database and report it")


def _line(found: Reconciled) -> str:
    shown = "had no copy" if found.redis_drift is None else f"drift {found.redis_drift}"
    redis = f"{shown}, repaired" if found.redis_repaired else "not reached; the clock repairs it once it is back"
    verdict = "sound" if found.sound else "DRIFTS"
    findable = "; no search found it, now they do" if found.made_findable else ""
    charts = "".join(f"; totals {name} {drift}" for name, drift in found.rollups)
    gone = f"; {found.gone:,} were forgotten or erased" if found.gone else ""
    return (
        f"{found.slug}: {verdict}; {found.verified:,} verified, {found.waiting:,} waiting to be counted; drift {found.drift}, "
        f"pending {found.pending_drift}, ledger {found.ledger_drift}, gaps {found.gaps}; Redis {redis}{charts}{gone}{findable}"
    )
