"""The command line."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from withdrawal_risk.characters import quoted
from withdrawal_risk.console import is_watched, prepare, say
from withdrawal_risk.errors import MOST_PROBLEMS, WithdrawalRiskError
from withdrawal_risk.inference.defaults import CHAINS, DRAWS, TUNE
from withdrawal_risk.queries.defaults import CI_PROB, FUTURES

if TYPE_CHECKING:
    from withdrawal_risk.inference.lazy import LazyPosterior
    from withdrawal_risk.inference.posterior import Posterior
    from withdrawal_risk.queries.results import Result
    from withdrawal_risk.queries.scenarios import Scenarios
    from withdrawal_risk.simulation.settings import Given

__all__ = ["app", "main"]

FAILED_CHECKS = 3
"""Exit code of an answer whose fit failed its checks."""

app = typer.Typer(
    no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False, rich_markup_mode=None,
    help="Bayesian causal risk models of military drawdowns.",
)  # fmt: skip

ModelName = Annotated[
    str, typer.Argument(help="Id of a shipped model, or path to a model folder or file.")
]
AsOf = Annotated[
    str | None,
    typer.Option("--as-of", help="Last month whose published evidence is used, YYYY-MM."),
]
Draws = Annotated[int, typer.Option(min=10, help="Draws kept per chain.")]
Tune = Annotated[int, typer.Option(min=10, help="Tuning draws per chain.")]
Chains = Annotated[int, typer.Option(min=1, help="Chains.")]
Seed = Annotated[
    int, typer.Option("--random-seed", min=0, help="Seed of the fit and of the futures.")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON and nothing else.")]
Set = Annotated[
    list[str] | None,
    typer.Option(
        "--set",
        help="NAME=LEVEL: a level name, or a number, for a policy in its own unit; may be repeated.",
    ),
]
ShiftBy = Annotated[
    list[str] | None,
    typer.Option(
        "--shift", help="NAME=SIZE: by how much it is moved, such as -1; may be repeated."
    ),
]
From = Annotated[str | None, typer.Option("--from", help="First month, YYYY-MM.")]
To = Annotated[str | None, typer.Option("--to", help="Last month, YYYY-MM.")]
Seen = Annotated[
    list[str] | None,
    typer.Option("--observe", help="NAME=VALUE learnt of --month; may be repeated."),
]
SeenMonth = Annotated[
    str | None, typer.Option("--month", help="Month that --observe speaks of, YYYY-MM.")
]
Futures_ = Annotated[int, typer.Option(min=2, help="Simulated futures for each draw.")]
Condition = Annotated[str, typer.Option(help="Id of a condition, or all_conditions.")]
CiProb = Annotated[float, typer.Option(help="Probability of the credible interval.")]


def _kept(
    model: str, as_of: str | None, draws: int, tune: int, chains: int, seed: int
) -> LazyPosterior:
    from withdrawal_risk.inference.lazy import LazyPosterior
    from withdrawal_risk.model.library import load_model

    return LazyPosterior(
        load_model(model), as_of, draws=draws, tune=tune, chains=chains, random_seed=seed,
        announce=say, progressbar=is_watched(),
    )  # fmt: skip


def _failed(posterior: Posterior) -> list[str]:
    from withdrawal_risk.inference.checks import failed_checks

    return [f"{item.name}: {item.text}" for item in failed_checks(posterior)]


Answer = tuple[dict[str, Any], list[str]]
"""JSON-ready data, and the lines a person reads."""


def _of(result: Result) -> Answer:
    return result.to_dict(), [_table(result), "", result.sentence()]


def _shown(posterior: Posterior, answer: Answer) -> dict[str, Any]:
    data, lines = answer
    return {"data": data | {"failed_checks": _failed(posterior)}, "text": "\n".join(lines)}


def _tell(
    posterior: LazyPosterior, question: dict[str, Any], ask: Callable[[], Answer], as_json: bool
) -> None:
    """Print the answer to a question, worked out only the first time it is asked of a kept fit."""
    from withdrawal_risk.inference.cache import remembered

    _print(remembered(posterior.path, question, lambda: _shown(posterior, ask())), as_json)


def _pairs(items: list[str], option: str) -> dict[str, str]:
    """Read NAME=VALUE options."""
    pairs: dict[str, str] = {}
    for item in items:
        name, equals, value = item.partition("=")
        if not equals or not name.strip() or not value.strip():
            raise WithdrawalRiskError(
                f"{option} {quoted(item)} is not NAME=VALUE; write for example us_iran_tension=low"
            )
        if name.strip() in pairs:
            raise WithdrawalRiskError(
                f"{option} names {quoted(name.strip())} twice; once is enough"
            )
        pairs[name.strip()] = value.strip()
    return pairs


def _settings(levels: list[str] | None, shifts: list[str] | None) -> dict[str, Given]:
    """Read what is set and what is shifted: a number is a level under ``--set``, a size under ``--shift``."""
    from withdrawal_risk.simulation.settings import shift

    given: dict[str, Given] = {}
    for name, value in _pairs(levels or [], "--set").items():
        if value.startswith("+"):
            raise WithdrawalRiskError(
                f"--set {name}={value}: is it a shift? Write --shift {name}={value[1:]}, or the level without +"
            )
        given[name] = _number(value)
    for name, value in _pairs(shifts or [], "--shift").items():
        size = _number(value)
        if isinstance(size, str):
            raise WithdrawalRiskError(
                f"--shift {name}={value}: {quoted(value)} is not a number; write for example {name}=-1"
            )
        if name in given:
            raise WithdrawalRiskError(f"{name!r} is both set and shifted; do one of the two")
        given[name] = shift(size)
    return given


def _asked(given: dict[str, Given]) -> dict[str, Any]:
    """Return settings as JSON-ready data that tell levels and shifts apart."""
    return {
        name: value if isinstance(value, float | str) else {"shift": value.size}
        for name, value in given.items()
    }


def _number(text: str) -> float | str:
    """Read a number as people write it, or leave the text: ``1_5`` is none, although Python reads it."""
    try:
        return text if "_" in text else float(text)
    except ValueError:
        return text


def _seen(items: list[str] | None) -> dict[str, float | str] | None:
    return (
        {name: _number(value) for name, value in _pairs(items, "--observe").items()}
        if items
        else None
    )


def _side_by_side(found: Scenarios) -> str:
    """Lay out a row a scenario, a column a condition; differences from the expected world in brackets."""
    from withdrawal_risk.language.numbers import percent, signed

    conditions = found.results["baseline"].summary.index
    heads = [found.results["baseline"].label(str(name)) for name in conditions]
    width = max(len(found.label(name)) for name in found.results)
    lines = [
        f"{'Scenario':<{width}}  " + "  ".join(f"{head:>{max(len(head), 14)}}" for head in heads)
    ]
    lines.append("-" * len(lines[0]))
    for name, result in found.results.items():
        cells = []
        for condition, head in zip(conditions, heads, strict=True):
            row = result.summary.loc[condition]
            cell = percent(row["probability"], decimals=1)
            if name in found.passed:
                cell += " (passed)"
            elif result.supposing:
                cell += f" ({signed(100 * row['difference'], decimals=1)})"
            cells.append(f"{cell:>{max(len(head), 14)}}")
        lines.append(f"{found.label(name):<{width}}  " + "  ".join(cells))
    notes = [note["en"] for result in found.results.values() for note in result.notes]
    if notes:
        lines += ["", *notes]
    told = [f"{found.label(name)}: {percent(p)}" for name, p in found.recognised.items()]
    if told:
        lines += ["", "Probability, as expected, of what each would be recognised by:", *told]
    return "\n".join(lines)


def _print(shown: dict[str, Any], as_json: bool) -> None:
    """Print an answer; that of a fit which failed its checks is printed too, and ends with exit code 3."""
    print(json.dumps(shown["data"]) if as_json else shown["text"])
    _end(shown["data"]["failed_checks"])


def _end(failed: list[str]) -> None:
    for text in failed:
        say(f"CHECK FAILED: {text}")
    if failed:
        raise typer.Exit(FAILED_CHECKS)


def _table(result: Result) -> str:
    from withdrawal_risk.language.numbers import (
        NO_BREAK,
        difference_interval,
        interval,
        percent,
        signed,
    )

    width, within = (
        max(len(result.label(str(name))) for name in result.summary.index),
        f"{100 * result.ci_prob:g}",
    )
    head = f"{'Condition':<{width}}  Probability  {f'{within}{NO_BREAK}% interval':<14}"
    if result.supposing:
        head += f"  Points more  {f'{within}{NO_BREAK}% interval':<15}"
    lines = [f"{head}  In words", "-" * (len(head) + 10)]
    for name, row in result.summary.iterrows():
        line = (
            f"{result.label(str(name)):<{width}}  {percent(row['probability'], decimals=1):>11}  "
            f"{interval(row['lower'], row['upper']):>14}"
        )
        if result.supposing:
            span = difference_interval(row["difference_lower"], row["difference_upper"])
            line += f"  {signed(100 * row['difference'], decimals=1):>11}  {span:>15}"
        lines.append(f"{line}  {row['word']}")
    return "\n".join(lines)


@app.command()
def models(as_json: AsJson = False) -> None:
    """List the models that are shipped."""
    from withdrawal_risk.model.library import list_models

    names = list_models()
    print(json.dumps({"models": names}) if as_json else "\n".join(names))


@app.command()
def check(model: ModelName) -> None:
    """Validate a model file and hold its evidence and conditions against what it expects; exit code 1 on faults."""
    from withdrawal_risk.model.file import MODEL_FILE
    from withdrawal_risk.model.library import load_model, resolve
    from withdrawal_risk.queries.review import review

    loaded, place = load_model(model), resolve(model)
    file = place / MODEL_FILE if place.is_dir() else place
    spec = loaded.spec
    found = review(loaded, file=str(file), evidence_file=str(file.parent / (spec.evidence or "")))
    for item in found[:MOST_PROBLEMS]:
        print(item)
    if len(found) > MOST_PROBLEMS:
        print(f"and {len(found) - MOST_PROBLEMS} more; mend these first")
    faults = sum(item.certain for item in found)
    print(
        f"{loaded.id}: {len(spec.factors)} factors, {len(spec.policies)} policies, {len(spec.edges)} edges, "
        f"{len(spec.indicators)} indicators, {len(loaded.evidence)} evidence rows, "
        f"{len(spec.conditions)} conditions, {len(spec.scenarios)} scenarios: {_counted(faults, 'fault')}, "
        f"{_counted(len(found) - faults, 'warning')}"
    )
    if faults:
        raise typer.Exit(1)


def _counted(number: int, what: str) -> str:
    return f"{number or 'no'} {what}{'' if number == 1 else 's'}"


@app.command()
def fit(
    model: ModelName, as_of: AsOf = None, draws: Draws = DRAWS, tune: Tune = TUNE, chains: Chains = CHAINS,
    random_seed: Seed = 1, output: Annotated[Path | None, typer.Option(help="Also write a NetCDF file.")] = None,
    as_json: AsJson = False,
) -> None:  # fmt: skip
    """Fit a model and keep the posterior."""
    from withdrawal_risk.files import check_target, path_of

    posterior = _kept(model, as_of, draws, tune, chains, random_seed)
    if output is not None:
        check_target(path_of(output))
        posterior.save(output)
    from withdrawal_risk.inference.checks import check as run

    checks = run(posterior)
    failed = [f"{c.name}: {c.text}" for c in checks if c.passed is False]
    if as_json:
        found = [{"name": c.name, "passed": c.passed, "text": c.text} for c in checks]
        print(
            json.dumps({"model": posterior.model.id, "checks": found, "checks_passed": not failed})
        )
    else:
        for item in checks:
            print(f"{item.verdict:<7} {item.name}: {item.text}")
    _end(failed)


@app.command()
def outlook(
    model: ModelName, as_of: AsOf = None, draws: Draws = DRAWS, tune: Tune = TUNE, chains: Chains = CHAINS,
    random_seed: Seed = 1, ci_prob: CiProb = CI_PROB, as_json: AsJson = False,
) -> None:  # fmt: skip
    """Print the probability of each condition."""
    posterior = _kept(model, as_of, draws, tune, chains, random_seed)

    def ask() -> Answer:
        from withdrawal_risk.queries.outlook import outlook as run

        return _of(run(posterior, ci_prob=ci_prob, random_seed=random_seed))

    _tell(posterior, {"outlook": ci_prob, "random_seed": random_seed}, ask, as_json)


@app.command()
def do(
    model: ModelName, settings: Set = None, shifts: ShiftBy = None, from_: From = None, to: To = None, observe: Seen = None, month: SeenMonth = None,
    as_of: AsOf = None, draws: Draws = DRAWS, tune: Tune = TUNE, chains: Chains = CHAINS, random_seed: Seed = 1,
    ci_prob: CiProb = CI_PROB, futures: Futures_ = FUTURES, as_json: AsJson = False,
) -> None:  # fmt: skip
    """Print the outlook if factors were set over future months."""
    changes, seen = _settings(settings, shifts), _seen(observe)
    posterior = _kept(model, as_of, draws, tune, chains, random_seed)

    def ask() -> Answer:
        from withdrawal_risk.queries.interventions import do as run

        return _of(run(
            posterior, changes, start=from_, end=to, observed=seen, month=month, ci_prob=ci_prob,
            futures=futures, random_seed=random_seed,
        ))  # fmt: skip

    question = {"do": _asked(changes), "span": [from_, to], "observe": seen, "month": month, "ci_prob": ci_prob,
                "futures": futures, "random_seed": random_seed}  # fmt: skip
    _tell(posterior, question, ask, as_json)


@app.command()
def counterfactual(
    model: ModelName, settings: Set = None, shifts: ShiftBy = None, from_: From = None, to: To = None, as_of: AsOf = None, draws: Draws = DRAWS,
    tune: Tune = TUNE, chains: Chains = CHAINS, random_seed: Seed = 1, ci_prob: CiProb = CI_PROB, futures: Futures_ = FUTURES,
    as_json: AsJson = False,
) -> None:  # fmt: skip
    """Print the outlook had factors been otherwise over past months."""
    changes = _settings(settings, shifts)
    posterior = _kept(model, as_of, draws, tune, chains, random_seed)

    def ask() -> Answer:
        from withdrawal_risk.queries.interventions import counterfactual as run

        return _of(run(
            posterior, changes, start=from_, end=to, ci_prob=ci_prob, futures=futures, random_seed=random_seed
        ))  # fmt: skip

    question = {"counterfactual": _asked(changes), "span": [from_, to], "ci_prob": ci_prob, "futures": futures,
                "random_seed": random_seed}  # fmt: skip
    _tell(posterior, question, ask, as_json)


@app.command()
def observe(
    model: ModelName, observed: Annotated[list[str], typer.Option("--observe", help="NAME=VALUE; may be repeated.")],
    month: Annotated[str, typer.Option(help="Month that is learnt of, YYYY-MM.")], as_of: AsOf = None,
    draws: Draws = DRAWS, tune: Tune = TUNE, chains: Chains = CHAINS, random_seed: Seed = 1, ci_prob: CiProb = CI_PROB,
    futures: Futures_ = 64, as_json: AsJson = False,
) -> None:  # fmt: skip
    """Print the outlook should something be learnt."""
    seen = _seen(observed) or {}
    posterior = _kept(model, as_of, draws, tune, chains, random_seed)

    def ask() -> Answer:
        from withdrawal_risk.queries.interventions import observe as run

        return _of(
            run(
                posterior,
                seen,
                month=month,
                ci_prob=ci_prob,
                futures=futures,
                random_seed=random_seed,
            )
        )

    question = {
        "observe": seen,
        "month": month,
        "ci_prob": ci_prob,
        "futures": futures,
        "random_seed": random_seed,
    }
    _tell(posterior, question, ask, as_json)


@app.command()
def scenarios(
    model: ModelName, as_of: AsOf = None, draws: Draws = DRAWS, tune: Tune = TUNE, chains: Chains = CHAINS,
    random_seed: Seed = 1, ci_prob: CiProb = CI_PROB, futures: Futures_ = FUTURES, as_json: AsJson = False,
) -> None:  # fmt: skip
    """Print every scenario of the model file beside what is expected."""
    posterior = _kept(model, as_of, draws, tune, chains, random_seed)

    def ask() -> Answer:
        from withdrawal_risk.queries.scenarios import scenarios as run

        found = run(posterior, ci_prob=ci_prob, futures=futures, random_seed=random_seed)
        return found.to_dict(), [_side_by_side(found)]

    question = {"scenarios": ci_prob, "futures": futures, "random_seed": random_seed}
    _tell(posterior, question, ask, as_json)


def _lines(table: Any) -> str:
    return str(table.round(3).to_string())


def _percentage(probability: float) -> str:
    from withdrawal_risk.language.numbers import percent

    return percent(probability, decimals=1)


@app.command()
def why(
    model: ModelName, condition: Condition = "all_conditions", as_of: AsOf = None, draws: Draws = DRAWS,
    tune: Tune = TUNE, chains: Chains = CHAINS, random_seed: Seed = 1, futures: Futures_ = FUTURES, as_json: AsJson = False,
) -> None:  # fmt: skip
    """Print which factors matter for a condition, and whose past shocks took its probability."""
    posterior = _kept(model, as_of, draws, tune, chains, random_seed)

    def ask() -> Answer:
        from withdrawal_risk.language.numbers import signed
        from withdrawal_risk.queries.attribution import attribution
        from withdrawal_risk.queries.drivers import drivers
        from withdrawal_risk.queries.interval import explain_interval

        split = attribution(posterior, condition, futures=futures, random_seed=random_seed)
        swings = drivers(posterior, condition, futures=futures, random_seed=random_seed)
        shares = explain_interval(posterior, condition, futures=futures, random_seed=random_seed)
        chances = [
            f"{way}_{end}" for way in ("shift", "causal", "evidential") for end in ("low", "high")
        ]
        shown = swings.summary[["direct", *chances]].assign(
            **{name: swings.summary[name].map(_percentage) for name in chances},
            direct=swings.summary["direct"].map({True: "yes", False: ""}),
        )
        pushes = split.summary.map(lambda size: signed(100 * size, decimals=1)).rename(
            columns={"share": "points lost", "mcse": "Monte Carlo error"}
        )
        text = [
            _lines(shown), "", swings.sentence(), "", _lines(pushes), "", split.sentence(), "", shares.sentence()
        ]  # fmt: skip
        return {
            "drivers": swings.to_dict(),
            "attribution": split.to_dict(),
            "interval": shares.to_dict(),
        }, text

    question = {"why": condition, "futures": futures, "random_seed": random_seed}
    _tell(posterior, question, ask, as_json)


@app.command()
def reach(
    model: ModelName, condition: Condition = "all_conditions",
    probability: Annotated[float, typer.Option(help="The target.")] = 0.7,
    lever: Annotated[list[str] | None, typer.Option(help="Factor to move; may be repeated. Default: all with a lever that act on the condition.")] = None,
    as_of: AsOf = None, draws: Draws = DRAWS, tune: Tune = TUNE, chains: Chains = CHAINS, random_seed: Seed = 1,
    ci_prob: CiProb = CI_PROB, futures: Futures_ = FUTURES, as_json: AsJson = False,
) -> None:  # fmt: skip
    """Print the cheapest lasting shifts with which a condition becomes probable enough."""
    posterior = _kept(model, as_of, draws, tune, chains, random_seed)

    def ask() -> Answer:
        from withdrawal_risk.queries.reach import reach as run

        found = run(
            posterior, condition, probability=probability, levers=lever, ci_prob=ci_prob, futures=futures,
            random_seed=random_seed,
        )  # fmt: skip
        text = [_lines(found.summary), "", _table(found.result), "", found.sentence()]
        return found.to_dict(), text

    question = {"reach": condition, "probability": probability, "lever": lever, "ci_prob": ci_prob, "futures": futures,
                "random_seed": random_seed}  # fmt: skip
    _tell(posterior, question, ask, as_json)


@app.command()
def watch(
    model: ModelName, months: Annotated[int, typer.Option(help="Future months in which an indicator is seen.")] = 3,
    as_of: AsOf = None, draws: Draws = DRAWS, tune: Tune = TUNE, chains: Chains = CHAINS, random_seed: Seed = 1,
    futures: Futures_ = 32, as_json: AsJson = False,
) -> None:  # fmt: skip
    """Print how far seeing each indicator would move the probabilities."""
    posterior = _kept(model, as_of, draws, tune, chains, random_seed)

    def ask() -> Answer:
        from withdrawal_risk.language.numbers import points
        from withdrawal_risk.queries.information import watch_list

        found = watch_list(posterior, months=months, futures=futures, random_seed=random_seed)
        telling = found.summary[found.summary["telling"]]
        shown = telling[["move", "share"]].assign(
            move=telling["move"].map(lambda size: points(size).replace("+", "")),
            share=telling["share"].map(_percentage),
        )
        sentences = [found.sentence("en", str(name)) for name in found.summary.index.unique(0)]
        text = [_lines(shown), "", *sentences]
        return found.to_dict(), text

    question = {"watch": months, "futures": futures, "random_seed": random_seed}
    _tell(posterior, question, ask, as_json)


@app.command()
def report(
    model: ModelName, output: Annotated[Path, typer.Option(help="HTML file to write.")] = Path("report.html"),
    lang: Annotated[str, typer.Option(help="en, ar or both.")] = "en", as_of: AsOf = None, draws: Draws = DRAWS,
    tune: Tune = TUNE, chains: Chains = CHAINS, random_seed: Seed = 1,
) -> None:  # fmt: skip
    """Write the report and print the outlook."""
    from withdrawal_risk.files import check_target, path_of
    from withdrawal_risk.language import languages_of
    from withdrawal_risk.queries.outlook import outlook as run
    from withdrawal_risk.reports.build import report as write

    languages_of(lang)
    check_target(path_of(output))
    posterior = _kept(model, as_of, draws, tune, chains, random_seed)
    result = run(posterior, random_seed=random_seed)
    path = write(posterior, output, lang=lang, result=result)
    say(f"Report written to {path}")
    _print(_shown(posterior, _of(result)), as_json=False)


@app.command()
def draw(
    model: ModelName, output: Annotated[Path, typer.Option(help="PNG, SVG or PDF file to write.")] = Path("network.png"),
    lang: Annotated[str, typer.Option(help="en or ar.")] = "en", as_of: AsOf = None, draws: Draws = DRAWS,
    tune: Tune = TUNE, chains: Chains = CHAINS, random_seed: Seed = 1,
) -> None:  # fmt: skip
    """Draw the causal network of a fitted model."""
    import io

    from withdrawal_risk.files import check_target, path_of, write_bytes
    from withdrawal_risk.plots.network import plot_network

    output = path_of(output)
    if output.suffix not in (".png", ".svg", ".pdf"):
        raise WithdrawalRiskError(
            f"{str(output)!r} ends in {output.suffix!r}; use .png, .svg or .pdf"
        )
    check_target(output)
    posterior = _kept(model, as_of, draws, tune, chains, random_seed)
    figure = plot_network(posterior, lang=lang)
    picture = io.BytesIO()
    figure.savefig(picture, format=output.suffix[1:], dpi=150)
    write_bytes(output, picture.getvalue())
    say(f"Network written to {output}")
    _end(_failed(posterior))


@app.command()
def cache(
    clear: Annotated[bool, typer.Option("--clear", help="Delete all of it.")] = False,
    as_json: AsJson = False,
) -> None:
    """List the fits and answers that are kept on disk, or delete them."""
    import time

    from withdrawal_risk.inference.cache import cache_folder, clear_cache, entries

    found = clear_cache() if clear else entries()
    total = sum(entry.bytes for entry in found)
    if as_json:
        files = [
            {"file": entry.path.name, "bytes": entry.bytes, "used": entry.used} for entry in found
        ]
        print(
            json.dumps(
                {"folder": str(cache_folder()), "bytes": total, "files": files, "deleted": clear}
            )
        )
        return
    for entry in found:
        print(
            f"{time.strftime('%Y-%m-%d %H:%M', time.localtime(entry.used))}  {entry.bytes / 1e6:>9,.1f} MB  {entry.path.name}"
        )
    print(
        f"{cache_folder()}: {_counted(len(found), 'file')}, {total / 1e6:,.1f} MB{', deleted' if clear else ''}"
    )


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
