"""`countersign migrate` and `countersign reconcile`."""

import click

from campaign.cli.command_runtime import command_runtime, require_campaign
from campaign.config import load_settings
from campaign.domain.accounts.actor import COMMAND_LINE
from campaign.runtime import make_runtime
from campaign.services import site
from campaign.services.campaigns import create_and_find
from campaign.services.ledger import count
from campaign.services.ledger.count import Reconciliation
from campaign.services.log.reconcile import TREE_NAME, reconcile_tree
from campaign.store.database import schema_version
from campaign.store.database.migrate import upgrade_to_head


@click.command()
def migrate() -> None:
    """Bring the database to the newest version. Safe to run at any time, also twice at once."""
    runtime = make_runtime(load_settings(), max_connections=1)
    try:
        before = schema_version.current_revision(runtime.engine)
        upgrade_to_head(runtime.engine)
        after = schema_version.current_revision(runtime.engine)
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
    with command_runtime() as runtime:
        if slug:
            chosen = [require_campaign(runtime, slug)]
        else:
            chosen, page = [], create_and_find.list_campaigns(runtime)
            while page:
                chosen += page
                page = create_and_find.list_campaigns(runtime, len(chosen))
        for campaign in chosen:
            found = count.reconcile_campaign(runtime, campaign)
            click.echo(_result_line(found))
            if found.total_drift:
                drifts[campaign.slug] = found.total_drift
        faults = 0 if slug else reconcile_tree(runtime)
        if slug:
            site.record_campaign_reconciliation(runtime, COMMAND_LINE, chosen[0], sum(drifts.values()))
        else:
            found_at_all = {**drifts, **({TREE_NAME: faults} if faults else {})}
            site.record_reconciliation(runtime, COMMAND_LINE, len(chosen), found_at_all)
    if drifts:
        raise click.ClickException(f"{len(drifts)} of {len(chosen)} campaigns drift; keep a copy of the database and report it")
    if faults:
        raise click.ClickException(f"{TREE_NAME} has {faults} faults in its tree; keep a copy of the database and report it")


def _result_line(result: Reconciliation) -> str:
    shown = "had no copy" if result.redis_drift is None else f"drift {result.redis_drift}"
    redis = f"{shown}, repaired" if result.redis_repaired else "not reached; the clock repairs it once it is back"
    verdict = "sound" if result.consistent else "DRIFTS"
    findable = "; no search found it, now they do" if result.search_keys_repaired else ""
    charts = "".join(f"; totals {name} {drift}" for name, drift in result.rollup_drifts)
    held = f", {result.held:,} held for a look" if result.held else ""
    gone = f"; {result.deleted:,} were forgotten or erased" if result.deleted else ""
    return (
        f"{result.slug}: {verdict}; {result.verified:,} verified{held}, {result.uncounted:,} waiting to be counted; drift "
        f"{result.drift}, "
        f"pending {result.pending_drift}, held {result.held_drift}, ledger {result.ledger_drift}, "
        f"gaps {result.gaps}, log {result.log_drift}; Redis "
        f"{redis}{charts}{gone}{findable}"
    )
