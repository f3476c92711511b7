"""The command that reads a history."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from withdrawal_risk.cli.app import app
from withdrawal_risk.cli.options import AsJson

__all__ = ["suggest"]


@app.command()
def suggest(
    history: Annotated[str, typer.Argument(help="CSV file: a header, months and values.")],
    family: Annotated[str, typer.Option("--family", help="normal, lognormal, count or share.")],
    until: Annotated[
        str | None, typer.Option("--until", help="Last month that is read, YYYY-MM.")
    ] = None,
    column: Annotated[
        str | None, typer.Option("--column", help="Column of the values, where there are several.")
    ] = None,
    random_seed: Annotated[
        int, typer.Option("--random-seed", min=0, help="Seed of the sampling.")
    ] = 0,
    as_json: AsJson = False,
) -> None:
    """Propose numbers for a model file from an indicator's own history."""
    from withdrawal_risk.queries.suggest import suggest as run

    found = run(history, family, column=column, until=until, random_seed=random_seed)
    print(json.dumps(found.to_dict()) if as_json else found.fragment, end="\n" if as_json else "")
