"""The commands of a panel of experts: forms out, answers in, what they make of it."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from withdrawal_risk.cli.app import app
from withdrawal_risk.cli.options import CiProb, Condition, Futures, Lang, ModelName, pairs
from withdrawal_risk.cli.questions import Shown, question
from withdrawal_risk.console import is_watched
from withdrawal_risk.errors import WithdrawalRiskError
from withdrawal_risk.queries.defaults import CI_PROB, FUTURES
from withdrawal_risk.reports import tables

__all__ = ["ask", "collect", "feedback", "panel"]


@app.command()
@question
def panel(
    posterior: Any,
    *,
    condition: Condition = "all_conditions",
    method: Annotated[
        str | None,
        typer.Option(help="linear, log, cooke or given. Default: as the model file says."),
    ] = None,
    ci_prob: CiProb = CI_PROB,
    futures: Futures = FUTURES,
    random_seed: int,
    lang: str,
) -> Shown:
    """Print what each expert of the model's panel makes of a condition, and all together."""
    from withdrawal_risk.queries.panel import panel as run

    result = run(
        posterior,
        condition,
        method=method,  # type: ignore[arg-type]
        ci_prob=ci_prob,
        futures=futures,
        random_seed=random_seed,
        progressbar=is_watched(),
    )
    blocks: list[Any] = [tables.panel_table(result, lang)]
    if not result.cards.empty:
        blocks.append(tables.cards_table(result, lang))
    return Shown(data=result.to_dict(), blocks=[*blocks, result.sentence(lang)])


@app.command()
@question
def feedback(
    posterior: Any,
    *,
    expert: Annotated[str, typer.Option("--for", help="The expert, by name.")],
    condition: Condition = "all_conditions",
    futures: Futures = FUTURES,
    random_seed: int,
    lang: str,
) -> Shown:
    """Print what an expert's numbers imply, and where they lie among those of the others."""
    from withdrawal_risk.queries.feedback import feedback as run

    result = run(
        posterior,
        expert,
        condition,
        futures=futures,
        random_seed=random_seed,
        progressbar=is_watched(),
    )
    return Shown(
        data=result.to_dict(), blocks=[result.sentence(lang), tables.feedback_table(result, lang)]
    )


@app.command()
def ask(
    model: ModelName,
    output: Annotated[str, typer.Option("--output", "-o", help="Where: .xlsx or .csv.")],
    expert: Annotated[str, typer.Option("--for", help="Who is asked.")] = "",
    target: Annotated[
        list[str] | None,
        typer.Option(
            help="Path of a range, or its beginning with a point at the end, such as edges.; may "
            "be repeated. Default: all ranges."
        ),
    ] = None,
    round_: Annotated[int, typer.Option("--round", min=1, help="Round of the panel.")] = 1,
    show: Annotated[bool, typer.Option(help="Show the ranges of the file, which anchor.")] = False,
    lang: Lang = "en",
) -> None:
    """Write a form that asks an expert for the ranges of a model, in plain words."""
    from withdrawal_risk.model.library import load_model
    from withdrawal_risk.queries.ask import ask as run

    form = run(
        load_model(model),
        output,
        expert=expert,
        targets=target,
        round=round_,
        shown=show,
        lang=lang,
    )
    print(f"{output}: {len(form.questions)} questions")


@app.command()
def collect(
    forms: Annotated[list[str], typer.Argument(help="Forms that came back, or one .dtt file.")],
    output: Annotated[str, typer.Option("--output", "-o", help="The table, such as panel.csv.")],
    replace: Annotated[
        bool, typer.Option(help="Write a table that is there anew, instead of adding to it.")
    ] = False,
    realisations: Annotated[
        str | None, typer.Option(help="The .rls file that belongs to a .dtt file.")
    ] = None,
    seeds: Annotated[
        str | None, typer.Option(help="Where to write the seed questions of a .dtt file.")
    ] = None,
    source: Annotated[str, typer.Option(help="Who says what the true values are.")] = "",
    target: Annotated[
        list[str] | None,
        typer.Option(help="QUESTION=PATH: a question of a .dtt file that asks for a range."),
    ] = None,
) -> None:
    """Read forms that came back, or files of EXCALIBUR, into the table of a panel."""
    if len(forms) == 1 and forms[0].lower().endswith(".dtt"):
        from withdrawal_risk.queries.collect_excalibur import collect_excalibur

        if realisations is None or seeds is None:
            raise WithdrawalRiskError(
                "a .dtt file needs --realisations FILE.rls and --seeds seeds.csv"
            )
        targets = pairs(target, "--target", "rain=factors.drought.half_life", "QUESTION=PATH")
        count = collect_excalibur(
            forms[0], realisations, output, seeds, source=source, targets=targets
        )
    else:
        from withdrawal_risk.queries.collect import collect as run

        count = run(forms, output, replace=replace)
    print(f"{output}: {count} answers")
