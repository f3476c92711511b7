"""Many independent tasks over any pool, stored on disk so that none is done twice."""

from __future__ import annotations

import hashlib
import io
import json
import os
import re
import sys
import warnings
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from functools import partial
from pathlib import Path
from queue import Queue
from types import FunctionType
from typing import Any, Final, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from withdrawal_risk.arguments import true_or_false
from withdrawal_risk.characters import forbidden, quoted
from withdrawal_risk.errors import ArgumentError, WithdrawalRiskError, WithdrawalRiskWarning
from withdrawal_risk.files import UnreadableFile, check_target, path_of
from withdrawal_risk.seals import read_sealed, write_sealed

__all__ = ["Pool", "kept_results", "sweep"]

_NO_RESULT: Final = frozenset({"cores", "progressbar"})
"""Arguments that change no result, whatever function takes them; results kept on one machine then
serve on another."""

MOST_BYTES: Final = 4 * 1024**3
"""Size of a kept result at most."""

_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")

Record = dict[str, NDArray[Any]]


class Pool(Protocol):
    """Anything with an executor's ``map``, of `concurrent.futures`, loky or `dask.distributed`.

    Those that have ``submit`` too, as these do, are asked by it: results are kept as they come, in
    any order.
    """

    def map(self, function: Any, tasks: Any, /) -> Iterable[Any]:
        """Call a function on every task.

        What comes back are results in order, or futures of them.
        """


def sweep(
    function: Callable[[Any], Mapping[str, Any]],
    tasks: Mapping[str, Any],
    *,
    pool: Pool | None = None,
    folder: str | os.PathLike[str] | None = None,
    progressbar: bool = True,
) -> dict[str, Record]:
    """Call a function on many tasks, each by itself.

    Parameters
    ----------
    function : callable
        Takes a task and returns arrays by name. For a pool of processes it is defined at the top of
        a module. What `functools.partial` binds to it counts as part of the task, except ``cores``
        and ``progressbar``.
    tasks : mapping of str to JSON-ready data
        By a name of letters, digits, ``.``, ``_`` and ``-``. A task holds everything its result
        depends on.
    pool : Pool, optional
        This process, one task after the other, where absent.
    folder : str or Path, optional
        Every result is kept here as it arrives, by function and task; what is there is not worked
        out again. The files hold plain arrays.
    progressbar : bool

    Returns
    -------
    dict of str to dict of str to ndarray
        In the order of `tasks`.

    Raises
    ------
    ArgumentError
        If a name cannot stand in a file name, or with `folder` the function is not one at the top
        of a module; before anything is run.
    WithdrawalRiskError
        If a kept result cannot be read, or a task fails. The others are run to their end and kept
        before the first that failed is named.

    Examples
    --------
    >>> doubled = wr.sweep(lambda x: {"y": 2 * x}, {"a": 1, "b": 2}, progressbar=False)
    >>> {name: int(result["y"]) for name, result in doubled.items()}
    {'a': 2, 'b': 4}
    """
    if not isinstance(tasks, Mapping):
        raise ArgumentError(
            f"tasks is {quoted(tasks)}; give tasks by name, such as {{'first': {{'x': 1}}}}"
        )
    for name in tasks:
        if not (isinstance(name, str) and _NAME.fullmatch(name)):
            raise ArgumentError(
                f"{quoted(name)} is not a task's name; use at most 100 letters, digits, '.', '_' "
                "and '-', the first a letter or digit"
            )
    progressbar = true_or_false(progressbar, "progressbar")
    if not callable(function):
        raise ArgumentError(
            f"function is {quoted(function)}; give one that takes a task and returns arrays by name"
        )
    if pool is not None and not callable(getattr(pool, "map", None)):
        raise ArgumentError(f"pool is {quoted(pool)}; give an executor, or leave it out")
    place = None if folder is None else path_of(folder, "folder")
    files = (
        {}
        if place is None
        else {name: place / _file(function, name, task) for name, task in tasks.items()}
    )
    # Before the first task runs: a kept result that is damaged, or a place where a result could not
    # be kept, is refused here.
    results = {name: _kept(file) for name, file in files.items() if file.is_file()}
    missing = {name: task for name, task in tasks.items() if name not in results}
    for name in files.keys() & missing.keys():
        check_target(files[name])
    faults: dict[str, Exception] = {}
    for name, outcome in _shown(
        _completed(_Attempt(function), missing, pool), len(results), len(tasks), progressbar
    ):
        # A result that holds no plain arrays counts as a fault of its task, and the others go on.
        try:
            results[name] = _record(outcome.result())
        except Exception as fault:
            faults[name] = fault
            continue
        if name in files:
            try:
                write_sealed(files[name], _packed(results[name]))
            except WithdrawalRiskError as error:
                # It is there, and only the next sweep will miss it.
                warnings.warn(
                    f"the result of {name!r} is not kept: {error}",
                    WithdrawalRiskWarning,
                    stacklevel=2,
                )
    if faults:
        name, first = next(iter(faults.items()))
        more = f", and {len(faults) - 1} more" if len(faults) > 1 else ""
        kept = "; what the others found is kept" if files and len(faults) < len(missing) else ""
        raise WithdrawalRiskError(
            f"task {name!r} failed{more}: {type(first).__name__}: {first}{kept}"
        ) from first
    return {name: results[name] for name in tasks}


def kept_results(
    function: Callable[[Any], Mapping[str, Any]],
    tasks: Mapping[str, Any],
    folder: str | os.PathLike[str],
) -> dict[str, Record]:
    """Return the results of tasks that `sweep` has kept in a folder, and run none.

    Parameters
    ----------
    function, tasks, folder
        As in `sweep`.

    Returns
    -------
    dict of str to dict of str to ndarray
        Of those tasks that have one; one that cannot be read counts as missing.
    """
    place, found = path_of(folder, "folder"), {}
    for name, task in tasks.items():
        file = place / _file(function, name, task)
        if file.is_file():
            with suppress(WithdrawalRiskError):
                found[name] = _kept(file)
    return found


class _Outcome(NamedTuple):
    """What came of a task: its result, or what it raised."""

    value: Any
    fault: Exception | None = None

    def result(self) -> Any:
        """Return the result, or raise what the task raised."""
        if self.fault is not None:
            raise self.fault
        return self.value


class _Attempt(NamedTuple):
    """Calls a function and returns what it raises, so that one task does not end the others."""

    function: Callable[[Any], Any]

    def __call__(self, task: Any) -> _Outcome:
        try:
            return _Outcome(self.function(task))
        except Exception as fault:
            return _Outcome(None, fault)


def _completed(
    function: _Attempt, tasks: Mapping[str, Any], pool: Pool | None
) -> Iterator[tuple[str, _Outcome]]:
    """Yield the outcome of every task as it is there, whichever comes first."""
    if pool is None:
        for name, task in tasks.items():
            yield name, function(task)
    elif hasattr(pool, "submit"):
        yield from _submitted(function, tasks, pool)
    else:
        # A bare map gives results in order, or futures of them.
        results = iter(pool.map(function, list(tasks.values())))
        for name in tasks:
            try:
                yield name, _settled(next(results))
            except StopIteration:
                yield name, _Outcome(None, ValueError("the pool gave no result"))


def _submitted(
    function: _Attempt, tasks: Mapping[str, Any], pool: Any
) -> Iterator[tuple[str, _Outcome]]:
    # Callbacks may run in threads of the pool. The queue hands the outcomes over in the order in
    # which tasks end, so that a slow one holds up none of the others.
    arrived: Queue[tuple[str, Any]] = Queue()
    waiting = []
    try:
        for name, task in tasks.items():
            waiting.append(pool.submit(function, task))
            # ``name`` is bound as a default, because the loop goes on before the callback runs.
            waiting[-1].add_done_callback(lambda one, name=name: arrived.put((name, one)))
        for _ in waiting:
            name, future = arrived.get()
            yield name, _settled(future)
    except RuntimeError as fault:
        raise ArgumentError(f"pool takes no tasks ({fault}); give one that is open") from None
    finally:
        # Interrupted: what has not begun is not wanted any more.
        for future in waiting:
            future.cancel()


def _settled(result: Any) -> _Outcome:
    """Return the outcome that a pool gives, itself or as a future.

    A worker that was lost is a fault of its task.
    """
    if isinstance(result, _Outcome):
        return result
    try:
        outcome: _Outcome = result.result()
        return outcome
    except Exception as fault:
        return _Outcome(None, fault)


def _record(result: Any) -> Record:
    """Return a task's result as arrays.

    Raises
    ------
    ValueError
        If it is anything else, before it is written.
    """
    if not isinstance(result, Mapping):
        raise ValueError(f"the result is {quoted(result)}; return arrays by name")
    record = {key: np.asarray(value) for key, value in result.items()}
    for key, value in record.items():
        if not (isinstance(key, str) and key and forbidden(key) is None) or value.dtype.hasobject:
            raise ValueError(
                f"the result holds {quoted(key)} of type {value.dtype}; return plain arrays by name"
            )
    return record


def _name_of(function: Callable[[Any], Any]) -> list[str]:
    """Return what identifies a function: its module, or the file of a script, and its name.

    Raises
    ------
    ArgumentError
        For anything but a function at the top of a module: two lambdas, closures or bound methods
        share a name, and one would be given what the other found.
    """
    named: Any = function.func if isinstance(function, partial) else function
    module = sys.modules.get(getattr(named, "__module__", ""))
    plain = isinstance(named, FunctionType) and vars(module or object).get(named.__name__) is named
    if not plain:
        raise ArgumentError(
            f"{getattr(named, '__qualname__', named)!r} is not a function at the top of a module, "
            "so results kept in a folder "
            "could be taken for those of another; define it with def in a module, or leave folder "
            "out"
        )
    # Every script is the module ``__main__``, so scripts are distinguished by their paths.
    place = (
        str(Path(named.__code__.co_filename).resolve())
        if named.__module__ == "__main__"
        else named.__module__
    )
    return [place, named.__qualname__]


def _file(function: Callable[[Any], Any], name: str, task: Any) -> str:
    """Return a file name that stands for the function and everything in the task."""
    # A partial that binds nothing but ``cores`` and ``progressbar`` counts as its bare function.
    bound: list[Any] = []
    if isinstance(function, partial):
        named = {key: value for key, value in function.keywords.items() if key not in _NO_RESULT}
        bound = [list(function.args), named] if function.args or named else []
    # The function counts by its name, not by its code: whoever changes it needs another folder.
    name_of_function = _name_of(function)
    try:
        content = json.dumps([*name_of_function, task, *bound], sort_keys=True)
    except (TypeError, ValueError, RecursionError) as error:
        raise ArgumentError(
            f"{name}: {error}; with a folder, tasks and what partial binds must be plain data, as "
            "in JSON"
        ) from None
    return f"{name}-{hashlib.sha256(content.encode()).hexdigest()[:16]}.npz"


def _packed(record: Record) -> bytes:
    """Return arrays as an archive in NumPy's own format, whatever they are called."""
    content = io.BytesIO()
    # `numpy.savez` takes names as keyword arguments, some of which are its own.
    with zipfile.ZipFile(content, "w") as archive:
        for key, value in record.items():
            # Written as a stream of unknown length, which may exceed what a plain entry can hold.
            with archive.open(f"{key}.npy", "w", force_zip64=True) as member:
                np.lib.format.write_array(member, value, allow_pickle=False)
    return content.getvalue()


def _kept(path: Path) -> Record:
    try:
        with zipfile.ZipFile(io.BytesIO(read_sealed(path, most=MOST_BYTES))) as archive:
            # A compressed archive could unfold to far more than the bytes that are allowed. Pickled
            # objects are refused below, because reading them can run code.
            if any(info.compress_type != zipfile.ZIP_STORED for info in archive.infolist()):
                raise ValueError("it is compressed, which no result is")
            record = {}
            for name in archive.namelist():
                with archive.open(name) as member:
                    record[name.removesuffix(".npy")] = np.lib.format.read_array(
                        member, allow_pickle=False
                    )
            return _record(record)
    except Exception as error:
        # Archives and arrays each have errors of their own for what is not as it should be.
        reason = error.reason if isinstance(error, UnreadableFile) else error
        raise WithdrawalRiskError(
            f"{path} is not a result of a sweep ({reason}); delete it and run again"
        ) from None


def _shown(
    outcomes: Iterable[tuple[str, _Outcome]], done: int, total: int, progressbar: bool
) -> Iterator[tuple[str, _Outcome]]:
    """Yield outcomes, and show how many there are."""
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )

    columns = BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), TimeRemainingColumn()
    with Progress(*columns, console=Console(stderr=True), disable=not progressbar) as progress:
        bar = progress.add_task("", completed=done, total=total)
        for named in outcomes:
            # The bar moves on when the next outcome is asked for, after this one was stored.
            yield named
            progress.advance(bar)
