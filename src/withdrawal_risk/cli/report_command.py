"""The report: a page, a sheet, a PDF."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from withdrawal_risk.cli import options
from withdrawal_risk.cli.app import app
from withdrawal_risk.cli.options import ModelName
from withdrawal_risk.cli.question_commands import result_blocks
from withdrawal_risk.cli.questions import end, failures, fitted, print_blocks
from withdrawal_risk.console import is_watched, say
from withdrawal_risk.errors import WithdrawalRiskError
from withdrawal_risk.inference.defaults import CHAINS, DRAWS, TUNE

__all__ = ["report"]


@app.command()
def report(
    model: ModelName,
    output: Annotated[Path, typer.Option(help="HTML file to write.")] = Path("report.html"),
    lang: Annotated[str, typer.Option(help="en, ar or both.")] = "en",
    brief: Annotated[
        bool, typer.Option("--brief", help="One sheet instead, and its text to paste.")
    ] = False,
    pdf: Annotated[
        bool, typer.Option("--pdf", help="Also print it as PDF, by a Chromium that is installed.")
    ] = False,
    open_: Annotated[bool, typer.Option("--open", help="Open it in the browser.")] = False,
    live: Annotated[
        bool, typer.Option("--live/--no-live", help="Whether the page can be asked.")
    ] = True,
    before: Annotated[
        str | None, typer.Option(help="The as-of of the issue before, for what moved since.")
    ] = None,
    dates: Annotated[
        str | None,
        typer.Option("--history", help="Dates of the outlook by date, with commas between them."),
    ] = None,
    panel: Annotated[
        bool, typer.Option("--panel", help="Ask the experts of the file as well.")
    ] = False,
    folder: Annotated[str | None, typer.Option(help="Folder of the track record.")] = None,
    as_of: options.AsOf = None,
    draws: options.Draws = DRAWS,
    tune: options.Tune = TUNE,
    chains: options.Chains = CHAINS,
    random_seed: options.RandomSeed = 1,
) -> None:
    """Write the report and print the outlook; with --brief, one sheet and its text."""
    from withdrawal_risk.files import check_target, path_of
    from withdrawal_risk.language import languages_of
    from withdrawal_risk.queries.outlook import outlook as run
    from withdrawal_risk.reports.printing import find_browser

    languages = languages_of(lang)
    # Checked before the fit, which may take minutes.
    for path in [output, *(_pdf_names(output, languages, brief=brief) if pdf else [])]:
        check_target(path_of(path))
    if pdf:
        find_browser()
    posterior = fitted(model, as_of, draws, tune, chains, random_seed)
    result = run(posterior, random_seed=random_seed)
    earlier = None
    if before is not None:
        earlier = fitted(model, before, draws, tune, chains, random_seed)
    if brief:
        _write_brief(posterior, output, lang, languages, result, earlier, random_seed)
    else:
        from withdrawal_risk.reports.build import report as write

        more = {"history": _history(posterior, dates, draws, tune, chains, random_seed)}
        if panel:
            from withdrawal_risk.queries.panel import panel as ask

            more["panel"] = ask(posterior, random_seed=random_seed, progressbar=is_watched())
        write(
            posterior,
            output,
            lang=lang,
            result=result,
            before=earlier,
            folder=folder,
            live=live,
            random_seed=random_seed,
            progress=lambda part: say(f"  {part}"),
            **more,
        )
        say(f"Report written to {output}")
        print_blocks(result_blocks(result, languages[0]))
    if pdf:
        _print(output, languages, brief=brief)
    if open_:
        import webbrowser

        if not webbrowser.open(path_of(output).resolve().as_uri()):
            say(f"No browser could be opened; open {output} yourself")
    end(failures(posterior, languages[0]))


def _write_brief(
    posterior: Any,
    output: Path,
    lang: str,
    languages: list[str],
    result: Any,
    before: Any,
    random_seed: int,
) -> None:
    """Write the sheet and print its text, one language after the other."""
    from withdrawal_risk.reports.brief import brief as write

    sheet = write(posterior, result=result, before=before, random_seed=random_seed)
    sheet.save(output, lang=lang)
    say(f"Brief written to {output}")
    print_blocks([sheet.text(name) for name in languages])


def _history(
    posterior: Any, dates: str | None, draws: int, tune: int, chains: int, random_seed: int
) -> Any:
    """Return the outlook by date, where dates are given."""
    if dates is None:
        return None
    from withdrawal_risk.queries.history import history

    return history(
        posterior.model,
        [date.strip() for date in dates.split(",")],
        draws=draws,
        tune=tune,
        chains=chains,
        random_seed=random_seed,
        progressbar=is_watched(),
    )


def _pdf_names(output: Path, languages: list[str], *, brief: bool) -> list[Path]:
    """Return the PDF files beside a page: one a language, as one language is printed at a time."""
    if output.suffix == ".pdf":
        raise WithdrawalRiskError(
            f"{output} is the name of the page; write --output NAME.html, and --pdf puts NAME.pdf "
            "beside it"
        )
    if brief or len(languages) == 1:
        return [output.with_suffix(".pdf")]
    return [output.with_name(f"{output.stem}-{lang}.pdf") for lang in languages]


def _print(output: Path, languages: list[str], *, brief: bool) -> None:
    from withdrawal_risk.files import path_of
    from withdrawal_risk.reports.printing import print_pdf

    names = _pdf_names(output, languages, brief=brief)
    for name, lang in zip(names, languages, strict=False):
        print_pdf(path_of(output), name, part="" if len(names) == 1 else lang)
        say(f"PDF written to {name}")
