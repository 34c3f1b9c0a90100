"""The `countersign` command. Exit codes: 0 done, 1 failed with one line on stderr, 2 usage."""

import os
import signal
import sys
from collections.abc import Callable
from importlib import import_module

import click

_COMMANDS = {
    "up": "up:up",
    "web": "processes:web",
    "worker": "processes:worker",
    "clock": "processes:clock",
    "migrate": "maintenance:migrate",
    "backup": "backup:backup",
    "restore": "restore:restore",
    "doctor": "doctor:doctor",
    "campaign": "campaigns:campaign_commands",
    "campaigner": "campaigners:campaigner_commands",
    "export": "exports:export",
    "verify-pack": "exports:verify_pack",
    "import": "paper_import:import_paper",
    "reconcile": "maintenance:reconcile",
    "retention": "retention:retention_command",
    "verify-log": "log:verify_log_command",
    "verify-receipt": "log:verify_receipt",
    "witness": "witness:witness",
    "certificates": "places:certificates",
    "representatives": "places:representatives",
    "sample": "samples:sample",
    "submission": "submissions:submission_command",
}
"""Where each command is, in this package."""


class Commands(click.Group):
    """Reads only the command that is run: what writes papers and workbooks takes a second to read, which few commands need."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - as click names it
        """Their names, as `--help` tells them."""
        return sorted(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """One of them."""
        if cmd_name not in _COMMANDS:
            return None
        module, _, name = _COMMANDS[cmd_name].partition(":")
        found: click.Command = getattr(import_module(f"campaign.cli.{module}"), name)
        return found


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="countersign")
def countersign() -> None:
    """Petition and campaign signatures: collected, verified by mail, counted by a ledger, handed over.

    `countersign up` runs everything on one machine. Settings come from the environment or from a file .env.
    """


def main() -> None:
    """Run the command line. Asked to stop, it takes away what is half written, as after Ctrl-C."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    run_reporting_failures(lambda: countersign.main(standalone_mode=False))


def run_reporting_failures(run: Callable[[], object]) -> None:
    """Run something; every expected failure is one line and ends this process."""
    os.umask(0o077)  # whatever is written holds names, addresses or keys
    try:
        run()
    except click.UsageError as error:
        error.show()
        sys.exit(2)
    except click.ClickException as error:
        _fail(error.format_message())
    except click.Abort:
        _fail("stopped; nothing was changed")
    except BrokenPipeError:
        sys.exit(0)
    except Exception as error:
        # What knows all failures imports the database's client, which those that only watch processes do without.
        from campaign.cli.failures import failure_line  # noqa: PLC0415

        line = failure_line(error)
        if line is None:
            raise
        _fail(line)


def _fail(line: str) -> None:
    click.echo(f"countersign: {line}", err=True)
    sys.exit(1)
