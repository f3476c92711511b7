"""The program, its help and its version."""

from __future__ import annotations

from typing import Annotated

import typer

__all__ = ["app"]

# Typer's own tracebacks are off: `main` prints what the library refuses as a message alone.
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
