"""Options that most commands take."""

from __future__ import annotations

from typing import Annotated

import typer

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for programs.")]
ConnId = Annotated[str, typer.Option(help="Id of the Airflow Connection.")]
