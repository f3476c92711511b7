"""The command line."""

from __future__ import annotations

import json
import os
import sys
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from withdrawal_risk.errors import WithdrawalRiskError

if TYPE_CHECKING:
    from withdrawal_risk.inference.posterior import Posterior
    from withdrawal_risk.model.library import Model
    from withdrawal_risk.queries.results import Result

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


@dataclass(frozen=True)
class _Kept:
    """A fit by its place in the cache; it is opened, or made, only when it is needed."""

    model: Model
    path: Path
    settings: dict[str, Any]

    @cached_property
    def posterior(self) -> Posterior:
        if self.path.is_file():
            from withdrawal_risk.inference.posterior import open_posterior

            return open_posterior(self.path)
        from withdrawal_risk.inference.fit import fit as run

        _say(f"Fitting {self.model.id}: compiling, then {self.settings['chains']} chains of "
             f"{self.settings['tune']} + {self.settings['draws']} draws ...")  # fmt: skip
        posterior = run(self.model, **self.settings, progressbar=sys.stderr.isatty())
        posterior.save(self.path)
        return posterior


def _kept(model: str, as_of: str | None, draws: int, tune: int, chains: int, seed: int) -> _Kept:
    from withdrawal_risk.inference.cache import fit_path
    from withdrawal_risk.model.library import load_model

    loaded = load_model(model)
    settings = {
        "as_of": as_of or str(loaded.as_of),
        "draws": draws,
        "tune": tune,
        "chains": chains,
        "random_seed": seed,
    }
    return _Kept(loaded, fit_path(loaded, settings), settings)


def _outlook(kept: _Kept, ci_prob: float, random_seed: int) -> dict[str, Any]:
    """Return the outlook as JSON-ready data, with the lines a person reads."""
    from withdrawal_risk.inference.cache import remembered

    def answer() -> dict[str, Any]:
        from withdrawal_risk.queries.outlook import outlook as run

        return _shown(run(kept.posterior, ci_prob=ci_prob, random_seed=random_seed))

    question = {"outlook": ci_prob, "random_seed": random_seed}
    return remembered(kept.path, question, answer)


def _shown(result: Result) -> dict[str, Any]:
    from withdrawal_risk.inference.checks import check as run

    failed = [f"{item.name}: {item.text}" for item in run(result.posterior) if item.passed is False]
    lines = [_table(result), "", result.sentence()]
    return {"data": result.to_dict() | {"failed_checks": failed}, "text": "\n".join(lines)}


def _print(shown: dict[str, Any], as_json: bool) -> None:
    for text in shown["data"]["failed_checks"]:
        _say(f"CHECK FAILED: {text}")
    print(json.dumps(shown["data"]) if as_json else shown["text"])


def _table(result: Result) -> str:
    width = max(len(result.label(str(name))) for name in result.summary.index)
    head = f"{'Condition':<{width}}  Probability  {result.ci_prob:.0%} interval  In words"
    lines = [head, "-" * len(head)]
    for name, row in result.summary.iterrows():
        interval = f"{row['lower']:.0%} to {row['upper']:.0%}"
        lines.append(f"{result.label(str(name)):<{width}}  {row['probability']:>11.1%}  {interval:>12}  {row['word']}")
    return "\n".join(lines)


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
    posterior = _kept(model, as_of, draws, tune, chains, random_seed).posterior
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
    _print(_outlook(_kept(model, as_of, draws, tune, chains, random_seed), ci_prob, random_seed), as_json)


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
    kept = _kept(model, as_of, draws, tune, chains, random_seed)
    result = run(kept.posterior, random_seed=random_seed)
    path = write(kept.posterior, output, lang=lang, result=result)
    _print(_shown(result), as_json=False)
    _say(f"Report written to {path}")


@app.command()
def draw(
    model: ModelName, output: Annotated[Path, typer.Option(help="PNG, SVG or PDF file to write.")] = Path("network.png"),
    lang: Annotated[str, typer.Option(help="en or ar.")] = "en", as_of: AsOf = None, draws: Draws = 1000,
    tune: Tune = 1000, chains: Chains = 4, random_seed: Seed = 1,
) -> None:  # fmt: skip
    """Draw the causal network of a fitted model."""
    from withdrawal_risk.files import write_beside
    from withdrawal_risk.plots.network import plot_network

    if output.suffix not in (".png", ".svg", ".pdf"):
        raise WithdrawalRiskError(f"{str(output)!r} ends in {output.suffix!r}; use .png, .svg or .pdf")
    figure = plot_network(_kept(model, as_of, draws, tune, chains, random_seed).posterior, lang=lang)
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
