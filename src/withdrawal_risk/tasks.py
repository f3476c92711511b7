"""Many independent tasks over any pool, kept on disk as they are done, so that nothing is done twice."""

from __future__ import annotations

import hashlib
import json
import re
import sys
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from pathlib import Path
from types import FunctionType
from typing import Any, Final, Protocol

import numpy as np
from numpy.typing import NDArray

from withdrawal_risk.errors import WithdrawalRiskError
from withdrawal_risk.files import write_beside

__all__ = ["Pool", "sweep"]

_NO_RESULT: Final = frozenset({"cores", "progressbar"})
"""Arguments that change no result, whatever function takes them; results kept on one machine then serve on another."""

Record = dict[str, NDArray[Any]]


class Pool(Protocol):
    """Anything with an executor's ``map``: `concurrent.futures`, joblib's loky executor, `dask.distributed.Client`."""

    def map(self, function: Callable[[Any], Any], tasks: Any, /) -> Iterable[Any]:
        """Call a function on every task; what comes back are results in order, or futures of them."""


def sweep(
    function: Callable[[Any], Mapping[str, Any]],
    tasks: Mapping[str, Any],
    *,
    pool: Pool | None = None,
    folder: str | Path | None = None,
    progressbar: bool = True,
) -> dict[str, Record]:
    """Call a function on many tasks, each by itself.

    Parameters
    ----------
    function : callable
        Takes a task and returns arrays by name. For a pool of processes it is defined at the top of a module. What
        `functools.partial` binds to it counts as part of the task, except ``cores`` and ``progressbar``.
    tasks : mapping of str to JSON-ready data
        By a name of letters, digits, ``.``, ``_`` and ``-``. A task holds everything its result depends on.
    pool : Pool, optional
        This process, one task after the other, where absent.
    folder : str or Path, optional
        Every result is kept here as it arrives, by function and task; what is there is not worked out again. The files
        hold plain arrays.
    progressbar : bool

    Returns
    -------
    dict of str to dict of str to ndarray
        In the order of `tasks`.

    Raises
    ------
    WithdrawalRiskError
        If a name cannot stand in a file name, a kept result cannot be read, or with `folder` the function is not one at
        the top of a module.
    """
    for name in tasks:
        if not re.fullmatch(r"[A-Za-z0-9._-]+", name):
            raise WithdrawalRiskError(f"{name!r} is not a task's name; use letters, digits, '.', '_' and '-'")
    places = (
        {} if folder is None else {name: Path(folder) / _file(function, name, task) for name, task in tasks.items()}
    )
    found = {name: _kept(place) for name, place in places.items() if place.is_file()}
    missing = {name: task for name, task in tasks.items() if name not in found}
    results = map(function, missing.values()) if pool is None else pool.map(function, list(missing.values()))
    for name, result in zip(missing, _shown(results, len(found), len(tasks), progressbar), strict=True):
        record = {key: np.asarray(value) for key, value in result.items()}
        if name in places:
            write_beside(places[name], lambda at: _write(at, record))  # noqa: B023
        found[name] = record
    return {name: found[name] for name in tasks}


def _name_of(function: Callable[[Any], Any]) -> list[str]:
    """Return what names a function and no other: its module, for a script the file, and its name there.

    Raises
    ------
    WithdrawalRiskError
        For anything but a function at the top of a module: two lambdas, closures or bound methods share a name, and one
        would be given what the other found.
    """
    named: Any = function.func if isinstance(function, partial) else function
    module = sys.modules.get(getattr(named, "__module__", ""))
    plain = isinstance(named, FunctionType) and vars(module or object).get(named.__name__) is named
    if not plain:
        raise WithdrawalRiskError(
            f"{getattr(named, '__qualname__', named)!r} is not a function at the top of a module, so results kept in a folder "
            "could be taken for those of another; define it with def in a module, or leave folder out"
        )
    place = str(Path(named.__code__.co_filename).resolve()) if named.__module__ == "__main__" else named.__module__
    return [place, named.__qualname__]


def _file(function: Callable[[Any], Any], name: str, task: Any) -> str:
    """Return a file name that stands for the function and everything in the task."""
    bound: list[Any] = []
    if isinstance(function, partial):
        named = {key: value for key, value in function.keywords.items() if key not in _NO_RESULT}
        bound = [list(function.args), named] if function.args or named else []
    try:
        content = json.dumps([*_name_of(function), task, *bound], sort_keys=True)
    except TypeError as error:
        raise WithdrawalRiskError(
            f"{name}: {error}; with a folder, tasks and what partial binds must be plain data, as in JSON"
        ) from None
    return f"{name}-{hashlib.sha256(content.encode()).hexdigest()[:16]}.npz"


def _write(path: Path, record: Record) -> None:
    with path.open("wb") as file:
        np.savez(file, allow_pickle=False, **record)


def _kept(path: Path) -> Record:
    try:
        with np.load(path, allow_pickle=False) as archive:
            return {name: archive[name] for name in archive.files}
    except (OSError, ValueError, zipfile.BadZipFile) as error:
        raise WithdrawalRiskError(f"{path} is not a result of a sweep ({error}); delete it and run again") from None


def _shown(results: Iterable[Any], done: int, total: int, progressbar: bool) -> Iterator[Any]:
    """Yield results, of futures too, and show how many there are."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TimeElapsedColumn, TimeRemainingColumn

    columns = BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), TimeRemainingColumn()
    with Progress(*columns, console=Console(stderr=True), disable=not progressbar) as progress:
        bar = progress.add_task("", completed=done, total=total)
        for result in results:
            yield result.result() if hasattr(result, "result") else result
            progress.advance(bar)
