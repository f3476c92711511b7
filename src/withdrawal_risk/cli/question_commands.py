"""The commands that ask a fit a question."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from withdrawal_risk.cli import options
from withdrawal_risk.cli.app import app
from withdrawal_risk.cli.options import CiProb, Condition, Futures
from withdrawal_risk.cli.questions import Shown, loaded, question
from withdrawal_risk.console import is_watched
from withdrawal_risk.errors import WithdrawalRiskError
from withdrawal_risk.queries.defaults import CI_PROB, FUTURES
from withdrawal_risk.reports import tables

__all__ = ["result_blocks"]


@app.command()
@question
def check(posterior: Any, *, random_seed: int, lang: str) -> Shown:
    """Print how far the fit of a model may be trusted."""
    from withdrawal_risk.inference.checks import check as run
    from withdrawal_risk.inference.checks import failed_checks
    from withdrawal_risk.language import words_of

    checks = run(posterior)
    data = {"model": posterior.model.id, "checks": [item.to_dict() for item in checks]}
    verdict = words_of(lang).report["warning" if failed_checks(posterior) else "sound"]
    return Shown(data=data, blocks=[tables.checks_table(checks, lang), verdict])


def _preliminary(model: str, *, lang: str, **asked: Any) -> Shown:
    """Show the outlook of a model that is not fitted."""
    from threading import Thread

    from withdrawal_risk.inference.density import machine_code
    from withdrawal_risk.queries.preliminary import preliminary as run

    # Machine code is loaded while the files are read.
    Thread(target=machine_code).start()
    result = run(loaded(model), **asked)
    blocks: list[Any] = [tables.preliminary_table(result, lang), result.sentence(lang)]
    return Shown(data=result.to_dict(), blocks=blocks)


def outlook(posterior: Any, *, ci_prob: CiProb = CI_PROB, random_seed: int, lang: str) -> Shown:
    """Print the probability of each condition."""
    from withdrawal_risk.queries.outlook import outlook as run

    return _shown_result(run(posterior, ci_prob=ci_prob, random_seed=random_seed), lang)


app.command()(question(outlook, _preliminary))


@app.command()
@question
def do(
    posterior: Any,
    *,
    levels: options.Set = None,
    shifts: options.ShiftBy = None,
    edges: options.Edge = None,
    start: options.Start = None,
    end: options.End = None,
    ramp: options.Ramp = 1,
    observe: options.Observe = None,
    observed: options.Observed = None,
    month: options.Month = None,
    ci_prob: CiProb = CI_PROB,
    futures: Futures = FUTURES,
    random_seed: int,
    lang: str,
) -> Shown:
    """Print the outlook if factors were set, or edges scaled, over future months."""
    from withdrawal_risk.queries.do import do as run

    result = run(
        posterior,
        options.settings(levels, shifts),
        edges=options.edges(edges),
        start=start,
        end=end,
        ramp=ramp,
        observed=options.observations(observe, observed),
        month=month,
        ci_prob=ci_prob,
        futures=futures,
        random_seed=random_seed,
    )
    return _shown_result(result, lang)


@app.command()
@question
def counterfactual(
    posterior: Any,
    *,
    levels: options.Set = None,
    shifts: options.ShiftBy = None,
    edges: options.Edge = None,
    start: options.Start = None,
    end: options.End = None,
    ramp: options.Ramp = 1,
    ci_prob: CiProb = CI_PROB,
    futures: Futures = FUTURES,
    random_seed: int,
    lang: str,
) -> Shown:
    """Print the outlook had factors, or edges, been different over past months."""
    from withdrawal_risk.queries.counterfactual import counterfactual as run

    result = run(
        posterior,
        options.settings(levels, shifts),
        edges=options.edges(edges),
        start=start,
        end=end,
        ramp=ramp,
        ci_prob=ci_prob,
        futures=futures,
        random_seed=random_seed,
    )
    return _shown_result(result, lang)


@app.command()
@question
def observe(
    posterior: Any,
    *,
    observe: options.Observe = None,
    observed: options.Observed = None,
    month: options.Month = None,
    ci_prob: CiProb = CI_PROB,
    # More than elsewhere, because an observation weights them, and unlikely ones hardly count.
    futures: Futures = 64,
    random_seed: int,
    lang: str,
) -> Shown:
    """Print the outlook if something were learnt."""
    from withdrawal_risk.queries.observe import observe as run

    if month is None and observed is None:
        raise WithdrawalRiskError("--month is missing; say when it would be observed")
    result = run(
        posterior,
        options.observations(observe, observed) or {},
        month=month,
        ci_prob=ci_prob,
        futures=futures,
        random_seed=random_seed,
    )
    return _shown_result(result, lang)


@app.command()
@question
def scenarios(
    posterior: Any,
    *,
    ci_prob: CiProb = CI_PROB,
    futures: Futures = FUTURES,
    random_seed: int,
    lang: str,
) -> Shown:
    """Print every scenario of the model file beside the baseline."""
    from withdrawal_risk.language import words_of
    from withdrawal_risk.language.numbers import percent
    from withdrawal_risk.queries.scenarios import scenarios as run

    result = run(posterior, ci_prob=ci_prob, futures=futures, random_seed=random_seed)
    blocks: list[Any] = [tables.scenarios_table(result, lang)]
    notes = [note[lang] for one in result.results.values() for note in one.notes]
    if notes:
        blocks.append("\n".join(notes))
    if not result.better.empty:
        blocks += [words_of(lang).tables["better"], tables.better_table(result, lang)]
    recognised = [
        f"{result.label(name, lang)}: {percent(p, lang)}" for name, p in result.recognised.items()
    ]
    if recognised:
        blocks.append("\n".join([words_of(lang).tables["recognised"], *recognised]))
    overlaps = [
        f"{result.label(a, lang)} + {result.label(b, lang)}: {percent(p, lang)}"
        for (a, b), p in result.overlaps.items()
    ]
    if overlaps:
        blocks.append("\n".join([words_of(lang).tables["overlaps"], *overlaps]))
    return Shown(data=result.to_dict(), blocks=blocks)


@app.command()
@question
def probability(
    posterior: Any,
    clause: Annotated[
        str,
        typer.Argument(
            help="A line such as 'gaps mean last 6 at_most medium', or a tree in YAML: "
            "'{any: [{...}, {...}]}'."
        ),
    ],
    *,
    deadline: Annotated[
        str | None, typer.Option(help="Last month that counts, YYYY-MM. Default: the horizon.")
    ] = None,
    ci_prob: CiProb = CI_PROB,
    futures: Futures = FUTURES,
    random_seed: int,
    lang: str,
) -> Shown:
    """Print the probability of any clause or tree, without fitting again."""
    from withdrawal_risk.queries.probability import probability as run

    result = run(
        posterior,
        options.clause(clause),
        deadline=deadline,
        ci_prob=ci_prob,
        futures=futures,
        random_seed=random_seed,
    )
    return Shown(data=result.to_dict(), blocks=[result.sentence(lang)])


@app.command()
@question
def by_when(
    posterior: Any,
    *,
    condition: Condition = "all_conditions",
    ci_prob: CiProb = CI_PROB,
    futures: Futures = FUTURES,
    random_seed: int,
    lang: str,
) -> Shown:
    """Print the probability of a condition by each month ahead."""
    from withdrawal_risk.queries.by_when import by_when as run

    result = run(posterior, condition, ci_prob=ci_prob, futures=futures, random_seed=random_seed)
    return Shown(
        data=result.to_dict(), blocks=[tables.by_when_table(result, lang), result.sentence(lang)]
    )


@app.command()
@question
def effects(
    posterior: Any,
    *,
    factor: Annotated[str, typer.Option(help="Id of a factor.")],
    condition: Condition = "all_conditions",
    futures: Futures = FUTURES,
    random_seed: int,
    lang: str,
) -> Shown:
    """Print a condition where a factor is set to each level, beside where it is found there."""
    from withdrawal_risk.queries.effects import effects as run

    result = run(posterior, factor, condition, futures=futures, random_seed=random_seed)
    return Shown(
        data=result.to_dict(), blocks=[tables.effects_table(result, lang), result.sentence(lang)]
    )


@app.command()
@question
def why(
    posterior: Any,
    *,
    condition: Condition = "all_conditions",
    futures: Futures = FUTURES,
    random_seed: int,
    lang: str,
) -> Shown:
    """Print which factors matter for a condition, and whose past shocks took its probability."""
    from withdrawal_risk.queries.attribution import attribution
    from withdrawal_risk.queries.drivers import drivers
    from withdrawal_risk.queries.explain_interval import explain_interval

    shocks = attribution(posterior, condition, futures=futures, random_seed=random_seed)
    swings = drivers(posterior, condition, futures=futures, random_seed=random_seed)
    shares = explain_interval(posterior, condition, futures=futures, random_seed=random_seed)
    return Shown(
        data={
            "drivers": swings.to_dict(),
            "attribution": shocks.to_dict(),
            "interval": shares.to_dict(),
        },
        blocks=[
            tables.drivers_table(swings, lang),
            swings.sentence(lang),
            tables.attribution_table(shocks, lang),
            shocks.sentence(lang),
            shares.sentence(lang),
        ],
    )


@app.command()
@question
def sensitivity(
    posterior: Any,
    *,
    condition: Condition = "all_conditions",
    refit: Annotated[
        bool,
        typer.Option(help="Fit again with the largest judgements moved, and with whole groups."),
    ] = False,
    top: Annotated[int, typer.Option(min=1, help="Judgements that are shown, and refitted.")] = 12,
    futures: Futures = FUTURES,
    random_seed: int,
    lang: str,
) -> Shown:
    """Print which judgements a condition hangs on, and how far it is from its next word."""
    from withdrawal_risk.queries.sensitivity import sensitivity as run

    result = run(
        posterior,
        condition,
        refit=refit,
        top=top,
        futures=futures,
        random_seed=random_seed,
        progressbar=is_watched(),
    )
    return Shown(
        data=result.to_dict(),
        blocks=[
            result.distance(lang),
            *tables.sensitivity_tables(result, top, lang),
            result.sentence(lang),
        ],
    )


@app.command()
@question
def reach(
    posterior: Any,
    *,
    condition: Condition = "all_conditions",
    probability: Annotated[float, typer.Option(help="The target.")] = 0.7,
    lever: Annotated[
        list[str] | None,
        typer.Option(
            help="Factor to move; may be repeated. Default: all with a lever that act on the "
            "condition."
        ),
    ] = None,
    ci_prob: CiProb = CI_PROB,
    futures: Futures = FUTURES,
    random_seed: int,
    lang: str,
) -> Shown:
    """Print the cheapest lasting shifts with which a condition becomes probable enough."""
    from withdrawal_risk.queries.reach import reach as run

    result = run(
        posterior,
        condition,
        probability=probability,
        levers=lever,
        ci_prob=ci_prob,
        futures=futures,
        random_seed=random_seed,
    )
    return Shown(
        data=result.to_dict(),
        blocks=[
            tables.reach_table(result, lang),
            tables.result_table(result.result, lang),
            result.sentence(lang),
        ],
    )


@app.command()
@question
def watch(
    posterior: Any,
    *,
    months: Annotated[int, typer.Option(help="Future months that are watched.")] = 3,
    # More than elsewhere, because the spread of futures within a draw is noise here.
    futures: Futures = 32,
    random_seed: int,
    lang: str,
) -> Shown:
    """Print how informative each indicator is."""
    from withdrawal_risk.queries.watch_list import watch_list

    result = watch_list(posterior, months=months, futures=futures, random_seed=random_seed)
    sentences = [result.sentence(lang, str(name)) for name in result.summary.index.unique(0)]
    return Shown(
        data=result.to_dict(), blocks=[tables.watch_table(result, lang), "\n".join(sentences)]
    )


def _shown_result(result: Any, lang: str) -> Shown:
    """Show an outlook, or the answer to a supposition."""
    return Shown(data=result.to_dict(), blocks=result_blocks(result, lang))


def result_blocks(result: Any, lang: str) -> list[Any]:
    """Return a table of conditions, of an outlook what stands beside it, and the sentence."""
    beside = [tables.beside_table(result, lang)] if "judged" in result.summary else []
    return [tables.result_table(result, lang), *beside, result.sentence(lang)]
