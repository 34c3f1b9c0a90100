"""`countersign sample`: a random sample of counted signatures for a recipient, drawn by words of theirs."""

from pathlib import Path

import click

from campaign.cli.command_runtime import command_runtime, require_campaign
from campaign.cli.output_file import output_file, path_in_folder
from campaign.domain.accounts.actor import COMMAND_LINE
from campaign.domain.common.formatting import format_number
from campaign.domain.common.invalid_input import InvalidInputError
from campaign.domain.exports.plan import ExportFormat, ExportPlan
from campaign.domain.submissions.sample import read_sample_size, read_seed
from campaign.services import exports
from campaign.services.exports import Provenance, samples


@click.command()
@click.argument("slug")
@click.option("--size", default="500", show_default=True, help="How many signatures are drawn.")
@click.option("--seed", required=True, help="Words the recipient chose: they decide who is drawn.")
@click.option("--out", required=True, help="The file to write, or a folder for one with the date in its name.")
def sample(slug: str, size: str, seed: str, out: str) -> None:
    """Draw a random sample of the counted signatures, for a recipient to check instead of a list of everybody.

    The file holds those who were drawn and nobody else; only you may read it. That the words draw just these can be worked out
    again from the public log. The same words give the same sample as long as nothing more is counted. What checking finds is
    noted at the desk, and the papers tell the share with its 95 % interval.
    """
    with command_runtime() as runtime:
        campaign = require_campaign(runtime, slug)
        try:
            words, amount = read_seed(seed), read_sample_size(size)
        except InvalidInputError as refused:
            raise click.UsageError(str(refused)) from None
        plan = ExportPlan(ExportFormat.SAMPLE, ())
        out = path_in_folder(out, exports.file_name(campaign, plan, runtime.now()))
        with output_file(out, seekable=True) as file:
            try:
                with runtime.transaction() as connection:
                    drawn = samples.draw_sample(runtime, connection, campaign, COMMAND_LINE, words, amount)
            except InvalidInputError as refused:
                raise click.ClickException(str(refused)) from None
            with runtime.snapshot() as connection:
                plan = ExportPlan(ExportFormat.SAMPLE, (), sample=drawn.id)
                made = Provenance(drawn.created_at, "the command line")
                exports.write_export(runtime, connection, campaign, plan, file, Path(), made)
    if out != "-":
        amounts = f"{format_number(drawn.drawn)} of {format_number(drawn.population)} signatures"
        click.echo(f"{out} is written: {amounts}, as sample {drawn.id}.")
