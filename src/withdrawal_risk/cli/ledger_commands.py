"""The commands that write forecasts and outcomes down, and read what became of them."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from withdrawal_risk.cli import options
from withdrawal_risk.cli.app import app
from withdrawal_risk.cli.options import AsJson, Folder, Lang, ModelName
from withdrawal_risk.cli.questions import end as end_with
from withdrawal_risk.cli.questions import failures, fitted, print_blocks
from withdrawal_risk.console import is_watched
from withdrawal_risk.inference.defaults import CHAINS, DRAWS, TUNE
from withdrawal_risk.ledger.chain import FOLDER
from withdrawal_risk.reports.tables import judged_table, months_table, questions_table

__all__ = ["diff", "issue", "resolve", "track_record"]

Explain = Annotated[
    bool, typer.Option(help="Split changes over new evidence; earlier fits may be made again.")
]


@app.command()
def issue(
    model: ModelName,
    folder: Folder = FOLDER,
    explain: Explain = True,
    as_of: options.AsOf = None,
    draws: options.Draws = DRAWS,
    tune: options.Tune = TUNE,
    chains: options.Chains = CHAINS,
    random_seed: options.RandomSeed = 1,
    lang: Lang = "en",
    as_json: AsJson = False,
) -> None:
    """Write a forecast down, dated and never to be changed."""
    from withdrawal_risk.language import checked_language
    from withdrawal_risk.queries.issue import issue as run

    checked_language(lang)
    posterior = fitted(model, as_of, draws, tune, chains, random_seed)
    issued = run(
        posterior,
        folder=folder,
        explain=explain,
        random_seed=random_seed,
        progressbar=is_watched(),
    )
    print(json.dumps(issued.to_dict()) if as_json else issued.sentence(lang))
    end_with(failures(posterior, lang))


@app.command()
def diff(
    before: Annotated[int, typer.Argument(min=1, help="Number of the earlier forecast.")],
    after: Annotated[int, typer.Argument(min=1, help="Number of the later one.")],
    folder: Folder = FOLDER,
    explain: Explain = True,
    lang: Lang = "en",
    as_json: AsJson = False,
) -> None:
    """Compare two forecasts of a model: file, evidence, answers, and why they changed."""
    from withdrawal_risk.language import checked_language
    from withdrawal_risk.queries.diff import diff as run

    checked_language(lang)
    found = run(before, after, folder=folder, explain=explain, progressbar=is_watched())
    print(json.dumps(found.to_dict()) if as_json else found.sentence(lang))


@app.command()
def resolve(
    model: Annotated[str, typer.Argument(help="Id of a model of which a forecast was issued.")],
    source: Annotated[str, typer.Option(help="Who says so.")],
    date: Annotated[str, typer.Option(help="Day on which it became known, YYYY-MM-DD.")],
    indicator: Annotated[str | None, typer.Option(help="Id of an indicator.")] = None,
    start: options.Start = None,
    end: options.End = None,
    value: Annotated[
        str | None, typer.Option(help="Its value; of a category its name, 1 or 0 for yes or no.")
    ] = None,
    low: Annotated[float | None, typer.Option(help="Lower end of a range.")] = None,
    high: Annotated[float | None, typer.Option(help="Upper end of a range.")] = None,
    condition: Annotated[str | None, typer.Option(help="Id of a condition.")] = None,
    probability: Annotated[
        float | None, typer.Option(help="With which the judge holds it to have been met.")
    ] = None,
    judge: Annotated[str | None, typer.Option(help="Who judges, by name.")] = None,
    url: Annotated[str, typer.Option(help="Where it can be read.")] = "",
    note: Annotated[str, typer.Option(help="What else is to be known of it.")] = "",
    folder: Folder = FOLDER,
    as_json: AsJson = False,
) -> None:
    """Write down what happened: an indicator's value, or a judge's word on a condition.

    A correction is another outcome of the same span; the last one counts.
    """
    from withdrawal_risk.queries.resolve import resolve as run

    entry = run(
        model,
        source=source,
        date=date,
        indicator=indicator,
        start=start,
        end=end,
        value=value,
        low=low,
        high=high,
        condition=condition,
        probability=probability,
        judge=judge,
        url=url,
        note=note,
        folder=folder,
    )
    said = {"number": entry.number, "path": str(entry.path), "head": entry.digest}
    print(json.dumps(said) if as_json else f"Entry {entry.number}: {entry.path}\n{entry.digest}")


@app.command("track-record")
def track_record(
    folder: Folder = FOLDER,
    head: Annotated[
        str | None,
        typer.Option(help="Digest of the last entry as it was kept elsewhere, or its beginning."),
    ] = None,
    lang: Lang = "en",
    as_json: AsJson = False,
) -> None:
    """Check all entries, settle what is known, and print what the forecasts were worth."""
    from withdrawal_risk.language import checked_language
    from withdrawal_risk.queries.track_record import track_record as run

    checked_language(lang)
    found = run(folder=folder, head=head)
    if as_json:
        print(json.dumps(found.to_dict()))
        return
    tables = (
        (found.conditions, questions_table),
        (found.judged, judged_table),
        (found.months, months_table),
    )
    shown = [show(found, lang) for table, show in tables if len(table)]
    print_blocks([*shown, found.sentence(lang)])
