"""The commands."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from withdrawal_risk.cli import options, tables
from withdrawal_risk.cli.options import AsJson, CiProb, Condition, Futures, ModelName
from withdrawal_risk.cli.questions import (
    Shown,
    end,
    failures,
    fitted,
    print_blocks,
    question,
)
from withdrawal_risk.console import prepare, say
from withdrawal_risk.errors import MOST_PROBLEMS, WithdrawalRiskError
from withdrawal_risk.inference.defaults import CHAINS, DRAWS, TUNE
from withdrawal_risk.queries.defaults import CI_PROB, FUTURES

__all__ = ["app", "main"]

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    help="Bayesian causal risk models of military drawdowns.",
)


def _version(asked: bool) -> None:
    if asked:
        from withdrawal_risk import __version__

        print(__version__)
        raise typer.Exit


@app.callback()
def withdrawal_risk(
    version: Annotated[
        bool,
        typer.Option("--version", callback=_version, is_eager=True, help="Print the version."),
    ] = False,
) -> None:
    """Bayesian causal risk models of military drawdowns."""


@app.command()
def models(as_json: AsJson = False) -> None:
    """List the models that are shipped."""
    from withdrawal_risk.model.library import list_models

    names = list_models()
    print(json.dumps({"models": names}) if as_json else "\n".join(names))


@app.command()
def validate(model: ModelName, as_json: AsJson = False) -> None:
    """Read a model file and compare its evidence and conditions with what it expects of them.

    Ends with exit code 1 on faults.
    """
    from withdrawal_risk.model.library import load_model
    from withdrawal_risk.queries.validate import validate as run

    findings = run(model)
    faults = sum(item.certain for item in findings)
    if as_json:
        listed = [{"text": str(item), "fault": item.certain} for item in findings]
        print(json.dumps({"model": model, "findings": listed, "faults": faults}))
    else:
        for item in findings[:MOST_PROBLEMS]:
            print(item)
        if len(findings) > MOST_PROBLEMS:
            print(f"and {len(findings) - MOST_PROBLEMS} more; mend these first")
        verdict = f"{_counted(faults, 'fault')}, {_counted(len(findings) - faults, 'warning')}"
        try:
            print(f"{_contents(load_model(model))}: {verdict}")
        except WithdrawalRiskError:
            print(verdict)
    if faults:
        raise typer.Exit(1)


def _contents(model: Any) -> str:
    """Say how many elements of each kind a model has."""
    spec = model.spec
    counts = {
        "factors": spec.factors,
        "policies": spec.policies,
        "edges": spec.edges,
        "indicators": spec.indicators,
        "evidence rows": model.evidence,
        "conditions": spec.conditions,
        "scenarios": spec.scenarios,
    }
    return f"{model.id}: {', '.join(f'{len(found)} {what}' for what, found in counts.items())}"


def _counted(number: int, what: str) -> str:
    return f"{number or 'no'} {what}{'' if number == 1 else 's'}"


@app.command()
def fit(
    model: ModelName,
    as_of: options.AsOf = None,
    draws: options.Draws = DRAWS,
    tune: options.Tune = TUNE,
    chains: options.Chains = CHAINS,
    random_seed: options.RandomSeed = 1,
    output: Annotated[Path | None, typer.Option(help="Also write a NetCDF file.")] = None,
    lang: options.Lang = "en",
    as_json: AsJson = False,
) -> None:
    """Fit a model, cache the posterior, and print its checks."""
    from withdrawal_risk.files import check_target, path_of
    from withdrawal_risk.inference.checks import check as run
    from withdrawal_risk.language import the_language

    the_language(lang)
    posterior = fitted(model, as_of, draws, tune, chains, random_seed)
    if output is not None:
        check_target(path_of(output))
        posterior.save(output)
    checks = run(posterior)
    failed = failures(posterior, lang)
    if as_json:
        listed = [{"name": c.name, "passed": c.passed, "text": c.text} for c in checks]
        print(
            json.dumps({"model": posterior.model.id, "checks": listed, "checks_passed": not failed})
        )
    else:
        print_blocks([tables.checks_table(checks, lang)])
    end(failed)


@app.command()
@question
def check(posterior: Any, *, random_seed: int, lang: str) -> Shown:
    """Print how far the fit of a model may be trusted."""
    from withdrawal_risk.inference.checks import check as run

    checks = run(posterior)
    listed = [{"name": c.name, "passed": c.passed, "text": c.text} for c in checks]
    data = {"model": posterior.model.id, "checks": listed}
    return Shown(data=data, blocks=[tables.checks_table(checks, lang)])


def _result(result: Any, lang: str) -> Shown:
    """Show an outlook, or the answer to a supposition."""
    return Shown(
        data=result.to_dict(), blocks=[tables.result_table(result, lang), result.sentence(lang)]
    )


@app.command()
@question
def outlook(posterior: Any, *, ci_prob: CiProb = CI_PROB, random_seed: int, lang: str) -> Shown:
    """Print the probability of each condition."""
    from withdrawal_risk.queries.outlook import outlook as run

    return _result(run(posterior, ci_prob=ci_prob, random_seed=random_seed), lang)


@app.command()
@question
def do(
    posterior: Any,
    *,
    levels: options.Set = None,
    shifts: options.ShiftBy = None,
    start: options.Start = None,
    end: options.End = None,
    observe: options.Observe = None,
    month: options.Month = None,
    ci_prob: CiProb = CI_PROB,
    futures: Futures = FUTURES,
    random_seed: int,
    lang: str,
) -> Shown:
    """Print the outlook if factors were set over future months."""
    from withdrawal_risk.queries.do import do as run

    result = run(
        posterior,
        options.settings(levels, shifts),
        start=start,
        end=end,
        observed=options.observations(observe),
        month=month,
        ci_prob=ci_prob,
        futures=futures,
        random_seed=random_seed,
    )
    return _result(result, lang)


@app.command()
@question
def counterfactual(
    posterior: Any,
    *,
    levels: options.Set = None,
    shifts: options.ShiftBy = None,
    start: options.Start = None,
    end: options.End = None,
    ci_prob: CiProb = CI_PROB,
    futures: Futures = FUTURES,
    random_seed: int,
    lang: str,
) -> Shown:
    """Print the outlook had factors been different over past months."""
    from withdrawal_risk.queries.counterfactual import counterfactual as run

    result = run(
        posterior,
        options.settings(levels, shifts),
        start=start,
        end=end,
        ci_prob=ci_prob,
        futures=futures,
        random_seed=random_seed,
    )
    return _result(result, lang)


@app.command()
@question
def observe(
    posterior: Any,
    *,
    observe: options.Observe = None,
    month: options.Month = None,
    ci_prob: CiProb = CI_PROB,
    futures: Futures = 64,
    random_seed: int,
    lang: str,
) -> Shown:
    """Print the outlook if something were learnt of a month."""
    from withdrawal_risk.queries.observe import observe as run

    if month is None:
        raise WithdrawalRiskError("--month is missing; say when it would be observed")
    result = run(
        posterior,
        options.observations(observe) or {},
        month=month,
        ci_prob=ci_prob,
        futures=futures,
        random_seed=random_seed,
    )
    return _result(result, lang)


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
    recognised = [
        f"{result.label(name, lang)}: {percent(p, lang)}" for name, p in result.recognised.items()
    ]
    if recognised:
        blocks.append("\n".join([words_of(lang).tables["recognised"], *recognised]))
    return Shown(data=result.to_dict(), blocks=blocks)


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


@app.command()
def report(
    model: ModelName,
    output: Annotated[Path, typer.Option(help="HTML file to write.")] = Path("report.html"),
    lang: Annotated[str, typer.Option(help="en, ar or both.")] = "en",
    as_of: options.AsOf = None,
    draws: options.Draws = DRAWS,
    tune: options.Tune = TUNE,
    chains: options.Chains = CHAINS,
    random_seed: options.RandomSeed = 1,
) -> None:
    """Write the report and print the outlook."""
    from withdrawal_risk.files import check_target, path_of
    from withdrawal_risk.language import languages_of
    from withdrawal_risk.queries.outlook import outlook as run
    from withdrawal_risk.reports.build import report as write

    first = languages_of(lang)[0]
    check_target(path_of(output))
    posterior = fitted(model, as_of, draws, tune, chains, random_seed)
    result = run(posterior, random_seed=random_seed)
    path = write(posterior, output, lang=lang, result=result)
    say(f"Report written to {path}")
    print_blocks(_result(result, first).blocks)
    end(failures(posterior, first))


@app.command()
def draw(
    model: ModelName,
    output: Annotated[Path, typer.Option(help="PNG, SVG or PDF file to write.")] = Path(
        "network.png"
    ),
    lang: options.Lang = "en",
    as_of: options.AsOf = None,
    draws: options.Draws = DRAWS,
    tune: options.Tune = TUNE,
    chains: options.Chains = CHAINS,
    random_seed: options.RandomSeed = 1,
) -> None:
    """Draw the causal network of a fitted model."""
    import io

    from withdrawal_risk.files import check_target, path_of, write_bytes
    from withdrawal_risk.language import the_language
    from withdrawal_risk.plots.network import plot_network

    the_language(lang)
    output = path_of(output)
    if output.suffix not in (".png", ".svg", ".pdf"):
        raise WithdrawalRiskError(
            f"{str(output)!r} ends in {output.suffix!r}; use .png, .svg or .pdf"
        )
    check_target(output)
    posterior = fitted(model, as_of, draws, tune, chains, random_seed)
    figure = plot_network(posterior, lang=lang)
    picture = io.BytesIO()
    figure.savefig(picture, format=output.suffix[1:], dpi=150)
    write_bytes(output, picture.getvalue())
    say(f"Network written to {output}")
    end(failures(posterior, lang))


@app.command()
def cache(
    clear: Annotated[bool, typer.Option("--clear", help="Delete all of it.")] = False,
    as_json: AsJson = False,
) -> None:
    """List the cached fits and answers, or delete them."""
    import time

    from withdrawal_risk.inference.cache import cache_folder, clear_cache, entries

    listed = clear_cache() if clear else entries()
    total = sum(entry.bytes for entry in listed)
    if as_json:
        files = [
            {"file": entry.path.name, "bytes": entry.bytes, "used": entry.used} for entry in listed
        ]
        folder = str(cache_folder())
        print(json.dumps({"folder": folder, "bytes": total, "files": files, "deleted": clear}))
        return
    for entry in listed:
        used = time.strftime("%Y-%m-%d %H:%M", time.localtime(entry.used))
        print(f"{used}  {entry.bytes / 1e6:>9,.1f} MB  {entry.path.name}")
    deleted = ", deleted" if clear else ""
    print(f"{cache_folder()}: {_counted(len(listed), 'file')}, {total / 1e6:,.1f} MB{deleted}")


def main(arguments: Any = None) -> None:
    """Run the command line; faults go to standard error, without a traceback, with exit code 1.

    An answer of a fit that failed its checks is printed and ends with exit code 3.
    """
    prepare()
    try:
        app(args=arguments, standalone_mode=True)
    except WithdrawalRiskError as error:
        say(str(error))
        raise SystemExit(1) from None
    except OSError as error:
        say(f"{error.filename or 'file'}: {error.strerror}")
        raise SystemExit(1) from None
    except MemoryError:
        say("there is not enough memory; ask for fewer draws or futures")
        raise SystemExit(1) from None
