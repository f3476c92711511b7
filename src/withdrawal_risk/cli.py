"""The command line."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from withdrawal_risk.errors import WithdrawalRiskError

if TYPE_CHECKING:
    from withdrawal_risk.inference.posterior import Posterior
    from withdrawal_risk.queries.outlook import Result

__all__ = ["app", "main"]

app = typer.Typer(
    no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False, rich_markup_mode=None,
    help="Bayesian causal risk models of military drawdowns.",
)  # fmt: skip

ModelName = Annotated[str, typer.Argument(help="Id of a shipped model, or path to a model folder or file.")]
AsOf = Annotated[str | None, typer.Option("--as-of", help="Last month whose published evidence is used, YYYY-MM.")]
Draws = Annotated[int, typer.Option(help="Draws kept per chain.")]
Tune = Annotated[int, typer.Option(help="Tuning draws per chain.")]
Chains = Annotated[int, typer.Option(help="Chains.")]
Seed = Annotated[int, typer.Option("--random-seed", help="Seed of the fit and of the futures.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON and nothing else.")]
CiProb = Annotated[float, typer.Option(help="Probability of the credible interval.")]


def _say(text: str) -> None:
    print(text, file=sys.stderr)


def _posterior(model: str, as_of: str | None, draws: int, tune: int, chains: int, seed: int) -> Posterior:
    """Return the fit from the cache, or make it and keep it."""
    from withdrawal_risk.inference.cache import fit_path
    from withdrawal_risk.inference.posterior import open_posterior
    from withdrawal_risk.model.library import load_model

    loaded = load_model(model)
    settings = {"as_of": as_of, "draws": draws, "tune": tune, "chains": chains, "random_seed": seed}
    kept = fit_path(loaded, settings)
    if kept.is_file():
        return open_posterior(kept)
    from withdrawal_risk.inference.fit import fit as run

    _say(f"Fitting {loaded.id}: compiling, then {chains} chains of {tune} + {draws} draws ...")
    posterior = run(
        loaded, as_of=as_of, draws=draws, tune=tune, chains=chains, random_seed=seed, progressbar=sys.stderr.isatty()
    )
    posterior.save(kept)
    return posterior


def _table(result: Result) -> str:
    width = max(len(result.label(str(name))) for name in result.summary.index)
    head = f"{'Condition':<{width}}  Probability  {result.ci_prob:.0%} interval  In words"
    lines = [head, "-" * len(head)]
    for name, row in result.summary.iterrows():
        interval = f"{row['lower']:.0%} to {row['upper']:.0%}"
        lines.append(f"{result.label(str(name)):<{width}}  {row['probability']:>11.1%}  {interval:>12}  {row['word']}")
    return "\n".join(lines)


def _warn_of_failures(posterior: Posterior) -> None:
    from withdrawal_risk.inference.checks import check as run

    for item in run(posterior):
        if item.passed is False:
            _say(f"CHECK FAILED: {item.name}: {item.text}")


@app.command()
def models(as_json: AsJson = False) -> None:
    """List the models that are shipped."""
    from withdrawal_risk.model.library import list_models

    names = list_models()
    print(json.dumps({"models": names}) if as_json else "\n".join(names))


@app.command()
def check(model: ModelName) -> None:
    """Validate a model file and its evidence; exit code 1 on faults."""
    from withdrawal_risk.model.library import load_model

    loaded = load_model(model)
    spec = loaded.spec
    print(
        f"{loaded.id}: {len(spec.factors)} factors, {len(spec.policies)} policies, {len(spec.edges)} edges, "
        f"{len(spec.indicators)} indicators, {len(loaded.evidence)} evidence rows, "
        f"{len(spec.conditions)} conditions, {len(spec.scenarios)} scenarios: no faults"
    )


@app.command()
def fit(
    model: ModelName, as_of: AsOf = None, draws: Draws = 1000, tune: Tune = 1000, chains: Chains = 4,
    random_seed: Seed = 1, output: Annotated[Path | None, typer.Option(help="Also write a NetCDF file.")] = None,
    as_json: AsJson = False,
) -> None:  # fmt: skip
    """Fit a model and keep the posterior."""
    posterior = _posterior(model, as_of, draws, tune, chains, random_seed)
    if output is not None:
        posterior.save(output)
    from withdrawal_risk.inference.checks import check as run

    checks = run(posterior)
    if as_json:
        print(
            json.dumps(
                {
                    "model": posterior.model.id,
                    "checks": [{"name": c.name, "passed": c.passed, "text": c.text} for c in checks],
                }
            )
        )
        return
    for item in checks:
        print(f"{ {True: 'passed', False: 'FAILED', None: 'note'}[item.passed]:<7} {item.name}: {item.text}")


@app.command()
def outlook(
    model: ModelName, as_of: AsOf = None, draws: Draws = 1000, tune: Tune = 1000, chains: Chains = 4,
    random_seed: Seed = 1, ci_prob: CiProb = 0.9, as_json: AsJson = False,
) -> None:  # fmt: skip
    """Print the probability of each condition."""
    from withdrawal_risk.queries.outlook import outlook as run

    posterior = _posterior(model, as_of, draws, tune, chains, random_seed)
    result = run(posterior, ci_prob=ci_prob, random_seed=random_seed)
    _warn_of_failures(posterior)
    if as_json:
        print(json.dumps(result.to_dict()))
        return
    print(_table(result))
    print()
    print(result.sentence())


@app.command()
def report(
    model: ModelName, output: Annotated[Path, typer.Option(help="HTML file to write.")] = Path("report.html"),
    lang: Annotated[str, typer.Option(help="en, ar or both.")] = "en", as_of: AsOf = None, draws: Draws = 1000,
    tune: Tune = 1000, chains: Chains = 4, random_seed: Seed = 1,
) -> None:  # fmt: skip
    """Write the report and print the outlook."""
    from withdrawal_risk.queries.outlook import outlook as run
    from withdrawal_risk.report.build import report as write

    if lang not in ("en", "ar", "both"):
        raise WithdrawalRiskError(f"{lang!r} is not a language of the reports; use 'en', 'ar' or 'both'")
    posterior = _posterior(model, as_of, draws, tune, chains, random_seed)
    result = run(posterior, random_seed=random_seed)
    path = write(posterior, output, lang=lang, result=result)
    _warn_of_failures(posterior)
    print(_table(result))
    print()
    print(result.sentence())
    _say(f"Report written to {path}")


@app.command()
def draw(
    model: ModelName, output: Annotated[Path, typer.Option(help="PNG, SVG or PDF file to write.")] = Path("network.png"),
    lang: Annotated[str, typer.Option(help="en or ar.")] = "en", as_of: AsOf = None, draws: Draws = 1000,
    tune: Tune = 1000, chains: Chains = 4, random_seed: Seed = 1,
) -> None:  # fmt: skip
    """Draw the causal network of a fitted model."""
    from withdrawal_risk.inference.posterior import write_beside
    from withdrawal_risk.plots.network import plot_network

    if output.suffix not in (".png", ".svg", ".pdf"):
        raise WithdrawalRiskError(f"{str(output)!r} ends in {output.suffix!r}; use .png, .svg or .pdf")
    figure = plot_network(_posterior(model, as_of, draws, tune, chains, random_seed), lang=lang)
    write_beside(output, lambda at: figure.savefig(at, dpi=150))
    _say(f"Network written to {output}")


def main(arguments: Any = None) -> None:
    """Run the command line; faults go to standard error, without a traceback, with exit code 1."""
    try:
        app(args=arguments, standalone_mode=True)
    except WithdrawalRiskError as error:
        _say(str(error))
        raise SystemExit(1) from None
    except OSError as error:
        _say(f"{error.filename or 'file'}: {error.strerror}")
        raise SystemExit(1) from None
    except KeyboardInterrupt:
        _say("Interrupted; nothing was written.")
        os._exit(130)
