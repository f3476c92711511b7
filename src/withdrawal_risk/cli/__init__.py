"""The command line."""

from withdrawal_risk.cli.commands import app, main

__all__ = ["app", "main"]
