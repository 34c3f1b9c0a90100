"""Run the command line as `python -m campaign.cli`."""

from campaign.cli import main

main()
