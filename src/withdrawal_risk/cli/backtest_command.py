"""The command that holds past forecasts against what was observed."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated, Any

import typer

from withdrawal_risk.arguments import chosen
from withdrawal_risk.cli import options
from withdrawal_risk.cli.app import app
from withdrawal_risk.cli.options import AsJson, Lang, ModelName
from withdrawal_risk.cli.questions import FAILED_CHECKS, print_blocks
from withdrawal_risk.console import is_watched, say
from withdrawal_risk.errors import WithdrawalRiskError
from withdrawal_risk.reports.tables import backtest_table, peer_table
from withdrawal_risk.scoring.defaults import CHAINS, DRAWS, FUTURES, TUNE

if TYPE_CHECKING:
    from withdrawal_risk.queries.backtest_result import Backtest

__all__ = ["backtest"]


@app.command()
def backtest(
    model: ModelName,
    start: Annotated[
        str | None,
        typer.Option(help="First origin, YYYY-MM. Default: 12 months before the file's as_of."),
    ] = None,
    end: Annotated[
        str | None, typer.Option(help="Last origin, YYYY-MM. Default: the month before as_of.")
    ] = None,
    step: Annotated[int, typer.Option(min=1, help="Months from one origin to the next.")] = 1,
    leads: Annotated[int, typer.Option(min=0, help="Longest lead in months, at most 24.")] = 12,
    data: Annotated[
        str, typer.Option(help="revised, or strict: what had been published by each origin.")
    ] = "revised",
    method: Annotated[
        list[str] | None,
        typer.Option(help="Who forecasts, such as model; may be repeated. Default: all."),
    ] = None,
    output: Annotated[
        str | None, typer.Option(help="Table to write, .parquet or .csv by its name.")
    ] = None,
    peer: Annotated[
        str | None,
        typer.Option(help="CSV file of somebody else's forecasts: origin, month, mean."),
    ] = None,
    indicator: Annotated[
        str | None, typer.Option(help="Indicator that the peer forecasts.")
    ] = None,
    draws: options.Draws = DRAWS,
    tune: options.Tune = TUNE,
    chains: options.Chains = CHAINS,
    futures: Annotated[int, typer.Option(min=1, help="Simulated futures for each draw.")] = FUTURES,
    random_seed: options.RandomSeed = 1,
    lang: Lang = "en",
    as_json: AsJson = False,
) -> None:
    """Fit the model again at every past origin and score its forecasts.

    What was worked out is kept, so that an interrupted run goes on. Ends with exit code 3 where the
    chains of a fit do not agree.
    """
    from withdrawal_risk.files import table_target
    from withdrawal_risk.inference.cache import cache_folder
    from withdrawal_risk.language import checked_language
    from withdrawal_risk.model.library import load_model
    from withdrawal_risk.queries.backtest import backtest as run
    from withdrawal_risk.queries.peers import read_peer

    checked_language(lang)
    loaded = load_model(model)
    if (peer is None) != (indicator is None):
        raise WithdrawalRiskError("--peer and --indicator go together; write both or neither")
    # Before any work: a table that could not be written, or a peer that could not be read, helps
    # nobody after minutes of fitting.
    if output is not None:
        table_target(output, "--output")
    forecasts = None
    if peer is not None:
        chosen(indicator, "--indicator", tuple(loaded.spec.indicators))
        if data == "strict":
            raise WithdrawalRiskError("--peer goes with --data revised alone")
        forecasts = read_peer(peer)
    result = run(
        loaded,
        start=start,
        end=end,
        step=step,
        leads=leads,
        data=data,  # type: ignore[arg-type]
        methods=method,
        draws=draws,
        tune=tune,
        chains=chains,
        futures=futures,
        random_seed=random_seed,
        folder=cache_folder(),
        progressbar=is_watched(),
    )
    if output is not None:
        result.save(output)
        say(f"written: {output}")
    beside = None if forecasts is None else result.peer(forecasts, str(indicator))
    if as_json:
        print(json.dumps(_data(result, beside)))
    else:
        blocks: list[Any] = [result.sentence(lang)]
        # Without the model there is nothing to hold beside the others.
        if len(result.summary):
            blocks.append(backtest_table(result, lang))
        if beside is not None:
            blocks.append(peer_table(beside, lang))
        print_blocks(blocks)
    if len(result.loose_fits):
        raise typer.Exit(FAILED_CHECKS)


def _data(result: Backtest, beside: Any) -> dict[str, Any]:
    """Return the answer as JSON-ready data."""
    peer = None if beside is None else beside.reset_index().to_dict("records")
    return result.to_dict() | {"peer": peer}
