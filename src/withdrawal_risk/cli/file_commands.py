"""The commands about model files that nothing is fitted for: begin one, order it, read it aloud."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from withdrawal_risk.cli import options
from withdrawal_risk.cli.app import app
from withdrawal_risk.cli.options import AsJson, ModelName

__all__ = ["explain", "format_file", "new"]


@app.command()
def new(
    folder: Annotated[Path, typer.Argument(help="Folder to make; its name is the model's id.")],
    source: Annotated[
        Path | None,
        typer.Option(
            "--from", help="Network to begin with: dagitty, GraphML, or CSV of edges from, to."
        ),
    ] = None,
    start: options.Start = None,
    as_of: options.AsOf = None,
    horizon: Annotated[str | None, typer.Option(help="The deadline, YYYY-MM.")] = None,
) -> None:
    """Write a commented model folder to begin with; what is missing is marked TODO."""
    from withdrawal_risk.queries.scaffold import scaffold

    made = scaffold(folder, source=source, start=start, as_of=as_of, horizon=horizon)
    print(f"{made}: model.yaml, evidence.csv and README.md; next: withdrawal-risk validate {made}")


@app.command("format")
def format_file(
    model: ModelName,
    check: Annotated[
        bool, typer.Option("--check", help="Write nothing; exit code 1 if it is in another order.")
    ] = False,
) -> None:
    """Put the keys of a model file in the order of its reference; comments stay with their keys."""
    from withdrawal_risk.queries.format_model import format_model

    other = format_model(model, write=not check)
    said = "is in another order" if check else "was put in order"
    print(f"{model}: {said if other else 'is in order'}")
    if check and other:
        raise typer.Exit(1)


@app.command()
def explain(model: ModelName, lang: options.Lang = "en", as_json: AsJson = False) -> None:
    """Print a model in sentences."""
    from withdrawal_risk.cli.questions import loaded
    from withdrawal_risk.queries.explain import explain as run

    found = run(loaded(model), lang=lang)
    if as_json:
        sections = [{"heading": heading, "lines": lines} for heading, lines in found.sections]
        print(json.dumps({"model": model, "sections": sections}))
    else:
        print(found)
