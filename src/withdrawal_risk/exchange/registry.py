"""The sources, found by the files in `sources`, and the one way to read an export of theirs."""

from __future__ import annotations

import importlib
import pkgutil
from dataclasses import replace
from functools import cache
from typing import Final

from withdrawal_risk.characters import quoted
from withdrawal_risk.errors import ArgumentError, FileProblem, ModelFileError, did_you_mean
from withdrawal_risk.exchange import sources
from withdrawal_risk.exchange.download import OtherLayout
from withdrawal_risk.exchange.series import Request, Series, Source

__all__ = ["read_export", "source_of", "sources_by_name"]

_OPTIONS: Final = (
    *("country", "region", "actor", "kind", "event_type", "measure", "series", "allow_none"),
    "mapping",
)
"""Fields of a `Request` that only some sources read."""


@cache
def sources_by_name() -> dict[str, Source]:
    """Return every source by its name."""
    found: dict[str, Source] = {}
    for module in sorted(pkgutil.iter_modules(sources.__path__), key=lambda one: one.name):
        room = importlib.import_module(f"{sources.__name__}.{module.name}")
        for source in getattr(room, "SOURCES", None) or (room.SOURCE,):
            found[source.name] = source
    return found


def source_of(name: object) -> Source:
    """Return a source by its name.

    Raises
    ------
    ArgumentError
        If there is none, with those that there are.
    """
    known = sources_by_name()
    if not isinstance(name, str) or name not in known:
        raise ArgumentError(f"source is {quoted(name)}; {did_you_mean(str(name)[:60], known)}")
    return known[name]


def read_export(source: Source, request: Request) -> Series:
    """Read an export.

    Raises
    ------
    WithdrawalRiskError
        If it cannot be read, is that of another source, or is asked for what it does not have.
    """
    unused = [name for name in _OPTIONS if getattr(request, name) and name not in source.takes]
    if unused:
        option = f"--{unused[0].replace('_', '-')}"
        raise ArgumentError(
            f"{source.name} takes no {option} ({unused[0]}=); it takes "
            + (", ".join(f"--{name.replace('_', '-')}" for name in sorted(source.takes)) or "none")
        )
    try:
        series = source.read(request)
    except OtherLayout as other:
        message = f"this is not {source.title}; {_looks_like(source, other.columns)}"
        raise ModelFileError([FileProblem(str(request.path), 1, 1, "", message)]) from None
    return replace(
        series,
        source=series.source or source.source,
        url=series.url or source.url,
        grade=series.grade or source.grade,
    )


def _looks_like(source: Source, given: list[str]) -> str:
    """Say whose export it seems to be, or what its columns are."""
    columns = {" ".join(name.lower().split()) for name in given}
    for other in sources_by_name().values():
        if other is not source and any(mark <= columns for mark in other.marks):
            return f"it looks like {other.title}; withdrawal-risk import {other.name} reads that"
    needed = " or ".join(", ".join(sorted(mark)) for mark in source.marks)
    shown = ", ".join(name for name in given if name.strip())[:200] or "none"
    return f"it needs the columns {needed}; the file has {shown}"
