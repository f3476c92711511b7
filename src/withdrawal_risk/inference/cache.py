"""Fits, and answers computed from them, cached on disk by the content of what they depend on.

What cannot be read, or is not what was written, is computed again. What cannot be stored is
answered all the same.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from withdrawal_risk.elements.timeline import Month
from withdrawal_risk.errors import WithdrawalRiskError, WithdrawalRiskWarning
from withdrawal_risk.families.registry import code_of, family_of
from withdrawal_risk.files import path_of
from withdrawal_risk.model.library import Model
from withdrawal_risk.seals import read_sealed, write_sealed

if TYPE_CHECKING:
    from withdrawal_risk.inference.posterior import Posterior

__all__ = [
    "Entry",
    "cache_folder",
    "cached_answer",
    "cached_fit",
    "clear_cache",
    "code_key",
    "entries",
    "fit_path",
    "forget_answers",
    "store_fit",
]

_BEHIND_A_FIT: Final = ("elements", "families", "random.py", "dynamics", "inference", "model")
_BEHIND_AN_ANSWER: Final = ("simulation", "suggestion", "scoring", "queries", "language")

MOST_DAYS: Final = 60
"""Days after which what was not used is deleted."""

MOST_BYTES: Final = 4 * 1024**3
"""Bytes that are stored; beyond them what was used longest ago is deleted first."""

_LARGEST_ANSWER: Final = 16 * 1024**2

_OURS: Final = re.compile(
    r"[a-z0-9][a-z0-9-]*-[0-9a-f]{24}(\.[0-9a-f]{24}\.json|\.nc)|\.[0-9a-f]{16}\.tmp"
    r"|\d{4}-\d{2}-[a-z_]+-[0-9a-f]{16}\.npz"
)
"""Names of files that this module writes, of what is left of one that was being written when its
process was killed, and of the origins of a back test."""


class Entry(NamedTuple):
    """A file of the cache.

    Parameters
    ----------
    path : Path
    bytes : int
    used : float
        Seconds since 1970 at which it was last used.
    """

    path: Path
    bytes: int
    used: float


def cache_folder() -> Path:
    """Return ``$WITHDRAWAL_RISK_CACHE``, else ``withdrawal-risk`` in the user's cache folder."""
    given = os.environ.get("WITHDRAWAL_RISK_CACHE")
    if given:
        return path_of(given, "WITHDRAWAL_RISK_CACHE")
    base = os.environ.get("XDG_CACHE_HOME")
    if base:
        return path_of(base, "XDG_CACHE_HOME") / "withdrawal-risk"
    try:
        return Path.home() / ".cache" / "withdrawal-risk"
    except RuntimeError:
        # A user without a home has no cache: no place that others can write to would do.
        return Path(os.devnull) / "withdrawal-risk"


def _digest(code: tuple[str, ...], content: Any) -> str:
    """Digest parts of the library's code together with JSON-ready content."""
    package = Path(__file__).resolve().parents[1]
    digest = hashlib.sha256(json.dumps(content, sort_keys=True).encode())
    # A change of the code behind a result changes its name in the cache.
    for name in code:
        place = package / name
        for file in [place] if place.is_file() else sorted(place.rglob("*.py")):
            digest.update(file.read_bytes())
    return digest.hexdigest()[:24]


@cache
def code_key() -> str:
    """Return a digest of the code behind fits and questions; other code gives other results."""
    return _digest((*_BEHIND_A_FIT, *_BEHIND_AN_ANSWER), None)


def fit_path(model: Model, as_of: Month, settings: dict[str, Any]) -> Path:
    """Return the place of a fit in the cache; its name is a digest of everything it depends on."""
    # A family of a user's own is not among the files of the package.
    families = sorted({code_of(family_of(item)) for item in model.spec.indicators.values()})
    key = _digest(_BEHIND_A_FIT, [model.digest, str(as_of), settings, families])
    return cache_folder() / f"{model.id}-{key}.nc"


def cached_fit(
    path: Path, model: Model, as_of: Month, settings: dict[str, Any]
) -> Posterior | None:
    """Return the cached fit in a place, or None where there is none that can be trusted.

    Parameters
    ----------
    path : Path
        As from `fit_path` for the same model, month and settings.
    """
    from withdrawal_risk.inference.storage import read_posterior

    # A file that cannot be read, or is of another fit, counts as missing.
    if not path.is_file():
        return None
    try:
        # With the model that was asked for comes what no fit reads: a history, a panel.
        stored = read_posterior(path, model)
    except WithdrawalRiskError:
        return None
    # The name is a digest, but what the file says of itself decides.
    asked = stored.model == model and stored.as_of == as_of
    if not asked or any(stored.settings.get(name) != value for name, value in settings.items()):
        return None
    _touch(path)
    return stored


def store_fit(path: Path, posterior: Posterior) -> None:
    """Try to store a fit; a warning says where it cannot be."""
    try:
        posterior.save(path)
    except WithdrawalRiskError as error:
        _not_stored(error)
    else:
        _tidy()


def cached_answer(
    fit: Path, question: dict[str, Any], answer: Callable[[], dict[str, Any]]
) -> dict[str, Any]:
    """Return the answer to a question about a cached fit, computing it only the first time.

    Parameters
    ----------
    fit : Path
        As from `fit_path`.
    question : dict
        JSON-ready; everything the answer depends on besides the fit and the code that answers and
        writes it.
    answer : callable
        Computes the answer, as JSON-ready data.
    """
    place = fit.with_suffix(f".{_digest((*_BEHIND_AN_ANSWER, 'cli'), question)}.json")
    with suppress(WithdrawalRiskError, ValueError, RecursionError):
        # An answer lives no longer than the fit it was computed from.
        stored = json.loads(read_sealed(place, most=_LARGEST_ANSWER))
        if isinstance(stored, dict) and fit.is_file():
            _touch(place)
            _touch(fit)
            return stored
    fresh = answer()
    try:
        write_sealed(place, json.dumps(fresh).encode())
    except WithdrawalRiskError as error:
        _not_stored(error)
    return fresh


def forget_answers(fit: Path) -> None:
    """Delete the stored answers about a fit, where they depend on something that has changed.

    Parameters
    ----------
    fit : Path
        As from `fit_path`.
    """
    for place in fit.parent.glob(f"{fit.stem}.*.json"):
        _delete(place)


def entries() -> list[Entry]:
    """Return the files of the cache, the latest used first."""
    listed = []
    for path in _files():
        with suppress(OSError):
            status = path.stat()
            listed.append(Entry(path, status.st_size, status.st_mtime))
    return sorted(listed, key=lambda entry: (-entry.used, entry.path.name))


def clear_cache() -> list[Entry]:
    """Delete all files of the cache, and return what they were."""
    removed = entries()
    for entry in removed:
        _delete(entry.path)
    return removed


def _files() -> Iterator[Path]:
    folder = cache_folder()
    if folder.is_dir():
        yield from (
            path for path in folder.iterdir() if _OURS.fullmatch(path.name) and path.is_file()
        )


def _tidy() -> None:
    """Delete what was not used for long, and what exceeds the limit."""
    total, now = 0, time.time()
    for number, entry in enumerate(entries()):
        # The latest used come first, so what exceeds the limit was used longest ago.
        total += entry.bytes
        if number == 0:
            # What was stored a moment ago stays, however large it is.
            continue
        half_written = entry.path.suffix == ".tmp" and now - entry.used > 86_400
        if now - entry.used > MOST_DAYS * 86_400 or total > MOST_BYTES or half_written:
            _delete(entry.path)


def _touch(path: Path) -> None:
    with suppress(OSError):
        os.utime(path)


def _delete(path: Path) -> None:
    with suppress(OSError):
        path.unlink()


def _not_stored(error: WithdrawalRiskError) -> None:
    warnings.warn(
        f"the answer is right, but was not stored for next time: {error}",
        WithdrawalRiskWarning,
        stacklevel=3,
    )
