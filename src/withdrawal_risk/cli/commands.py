"""The commands about files and fits, and how the program is run."""

from __future__ import annotations

import atexit
import gc
import json
from pathlib import Path
from typing import Annotated, Any

import typer

from withdrawal_risk.cli import options
from withdrawal_risk.cli.app import app
from withdrawal_risk.cli.backtest_command import backtest
from withdrawal_risk.cli.export_command import export
from withdrawal_risk.cli.file_commands import explain, format_file, new
from withdrawal_risk.cli.import_command import import_rows
from withdrawal_risk.cli.ledger_commands import diff, issue, resolve, track_record
from withdrawal_risk.cli.options import AsJson, ModelName
from withdrawal_risk.cli.panel_commands import ask, collect, feedback, panel
from withdrawal_risk.cli.questions import end, failures, fitted, print_blocks
from withdrawal_risk.cli.report_command import report
from withdrawal_risk.cli.suggest_command import suggest
from withdrawal_risk.console import prepare, say
from withdrawal_risk.errors import MOST_PROBLEMS, WithdrawalRiskError
from withdrawal_risk.inference.defaults import CHAINS, DRAWS, TUNE
from withdrawal_risk.reports import tables

__all__ = [
    "app",
    "ask",
    "backtest",
    "collect",
    "diff",
    "explain",
    "export",
    "feedback",
    "format_file",
    "import_rows",
    "issue",
    "main",
    "new",
    "panel",
    "report",
    "resolve",
    "suggest",
    "track_record",
]


@app.command()
def models(as_json: AsJson = False) -> None:
    """List the models that are shipped."""
    # Commands import what they need when they run, so that ``--help`` and a wrong option answer at
    # once and do not wait for PyMC to load.
    from withdrawal_risk.model.library import list_models

    names = list_models()
    print(json.dumps({"models": names}) if as_json else "\n".join(names))


@app.command()
def validate(
    model: ModelName,
    reviewed: Annotated[
        bool, typer.Option("--reviewed", help="Elements that nobody has reviewed are faults.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Read a model file and compare its evidence and conditions with what it expects of them.

    Ends with exit code 1 on faults.
    """
    from withdrawal_risk.model.library import load_model
    from withdrawal_risk.queries.validate import validate as run

    findings = run(model, reviewed=reviewed)
    faults = sum(item.certain for item in findings)
    unwritten = sum(item.todo for item in findings)
    if as_json:
        listed = [
            {"text": str(item), "fault": item.certain, "note": item.note, "todo": item.todo}
            for item in findings
        ]
        counts = {"faults": faults, "todos": unwritten}
        print(json.dumps({"model": model, "findings": listed, **counts}))
    else:
        for item in findings[:MOST_PROBLEMS]:
            print(item)
        if len(findings) > MOST_PROBLEMS:
            print(f"and {len(findings) - MOST_PROBLEMS} more; mend these first")
        warnings = len(findings) - faults - sum(item.note for item in findings)
        # What is still to be written is told apart from what is wrong.
        wrong = sum(item.certain and not item.todo for item in findings)
        verdict = f"{_counted(wrong, 'fault')}, {_counted(warnings, 'warning')}"
        if unwritten:
            verdict = f"{unwritten} to do, {verdict}"
        # A file that cannot be loaded has no contents to count.
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
    return f"{model.id}: {', '.join(f'{len(items)} {what}' for what, items in counts.items())}"


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
    from withdrawal_risk.language import checked_language

    # Checked before the fit, which may take minutes.
    checked_language(lang)
    posterior = fitted(model, as_of, draws, tune, chains, random_seed)
    if output is not None:
        # The posterior is lazy: a place that cannot be written to is refused before it is sampled.
        check_target(path_of(output))
        posterior.save(output)
    checks = run(posterior)
    failed = failures(posterior, lang)
    if as_json:
        listed = [item.to_dict() for item in checks]
        print(
            json.dumps({"model": posterior.model.id, "checks": listed, "checks_passed": not failed})
        )
    else:
        print_blocks([tables.checks_table(checks, lang)])
    end(failed)


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
    from withdrawal_risk.language import checked_language
    from withdrawal_risk.plots.network import plot_network

    checked_language(lang)
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


@app.command("warm-up")
def warm_up() -> None:
    """Compile ahead, so that the first fit does not wait for it."""
    import time

    from withdrawal_risk.queries.warm_up import warm_up as compile_ahead

    begin = time.perf_counter()
    compile_ahead()
    print(f"compiled in {time.perf_counter() - begin:.0f} s; fits and questions start at once")


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
    # What is left when the program ends is not searched for garbage, which takes half a second.
    atexit.register(gc.freeze)
    try:
        # In this mode Typer prints wrong usage itself and ends the program with the exit code.
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
