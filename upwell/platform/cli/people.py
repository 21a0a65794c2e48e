"""Commands for people: the first admin, and whoever lost every other way in."""

from __future__ import annotations

from typing import Annotated

import typer

from upwell.platform.cli.shared import HomeOption, JsonOption, find_practice, say, with_database
from upwell.platform.cli_io import print_json, run

app = typer.Typer(no_args_is_help=True, help="Staff log-ins, from the machine that hosts them.")
