"""The command that writes a model for other programs."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from withdrawal_risk.cli import options
from withdrawal_risk.cli.app import app
from withdrawal_risk.cli.options import AsJson, ModelName
from withdrawal_risk.cli.questions import end, failures, fitted
from withdrawal_risk.inference.defaults import CHAINS, DRAWS, TUNE
from withdrawal_risk.queries.defaults import CI_PROB

__all__ = ["export"]


@app.command()
def export(
    model: ModelName,
    output: Annotated[
        str,
        typer.Option(
            help="File: .bif, .xdsl, .csv or .parquet for the static network with its numbers; "
            ".graphml, .mmd, .dot or .dagitty for a drawing."
        ),
    ],
    format: Annotated[
        str | None, typer.Option(help="Format, where the name of the file does not say it.")
    ] = None,
    levels: Annotated[int, typer.Option(help="Levels of each node: 5 or 3.")] = 5,
    month: Annotated[
        str | None,
        typer.Option(help="Of policies and of factors without parents, YYYY-MM. Default: as_of."),
    ] = None,
    from_fit: Annotated[
        bool | None,
        typer.Option(
            "--fitted/--prior",
            help="Whether numbers are those of the fit. Default: of a static network they are, "
            "for a drawing nothing is fitted.",
        ),
    ] = None,
    ci_prob: options.CiProb = CI_PROB,
    as_of: options.AsOf = None,
    draws: options.Draws = DRAWS,
    tune: options.Tune = TUNE,
    chains: options.Chains = CHAINS,
    random_seed: options.RandomSeed = 1,
    lang: options.Lang = "en",
    as_json: AsJson = False,
) -> None:
    """Write a model for other programs: as a static Bayesian network or as a drawing."""
    from withdrawal_risk.files import path_of
    from withdrawal_risk.queries.export import TABLES, format_of
    from withdrawal_risk.queries.export import export as run

    kind = format_of(path_of(output, "--output"), format)
    fits = kind in TABLES if from_fit is None else from_fit
    # Nothing is sampled until draws are asked for, which a wrong argument prevents.
    posterior = fitted(model, as_of, draws, tune, chains, random_seed)
    written = run(
        posterior if fits else posterior.model,
        output,
        format=kind,
        levels=levels,
        month=month,
        ci_prob=ci_prob,
        lang=lang,
    )
    print(json.dumps({"format": kind, "output": str(written)}) if as_json else written)
    if fits:
        end(failures(posterior, lang))
