"""The `countersign` command. Exit codes: 0 done, 1 failed with one line on stderr, 2 usage."""

import sys

import click

from campaign.cli.campaigners import campaigner_commands
from campaign.cli.campaigns import campaign_commands
from campaign.cli.counts import migrate, reconcile
from campaign.cli.doctor import doctor
from campaign.cli.exporting import export, verify_pack
from campaign.cli.importing import import_
from campaign.cli.places import certificates, representatives
from campaign.cli.roles import clock, web, worker
from campaign.cli.submitting import submission_command
from campaign.cli.up import up
from campaign.config import SettingsRefused
from campaign.domain.refusal import Refused
from campaign.runtime import RedisUnavailable
from campaign.store.engine import StoreUnavailable


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="countersign")
def countersign() -> None:
    """Petition and campaign signatures: collected, verified by mail, counted by a ledger, handed over.

    `countersign up` runs everything on one machine. Settings come from the environment or from a file .env.
    """


for command in (
    up, web, worker, clock, migrate, doctor, campaign_commands, campaigner_commands, export, verify_pack, import_, reconcile,
    certificates, representatives, submission_command,
):  # fmt: skip
    countersign.add_command(command)


def main() -> None:
    """Run the command line; every expected failure is one line."""
    try:
        countersign.main(standalone_mode=False)
    except click.UsageError as error:
        error.show()
        sys.exit(2)
    except click.ClickException as error:
        _fail(error.format_message())
    except (SettingsRefused, Refused) as error:
        _fail(str(error))
    except StoreUnavailable as error:
        _fail(f"DATABASE_URL: the database cannot be used ({_first_line(error.__cause__)}); see `countersign doctor`")
    except RedisUnavailable:
        _fail("REDIS_URL: Redis does not answer; see `countersign doctor`")
    except click.Abort:
        _fail("stopped; nothing was changed")
    except BrokenPipeError:
        sys.exit(0)


def _fail(line: str) -> None:
    click.echo(f"countersign: {line}", err=True)
    sys.exit(1)


def _first_line(error: BaseException | None) -> str:
    return str(getattr(error, "orig", None) or error).strip().splitlines()[0][:200]
