"""A posterior known by its place on disk, opened or sampled only when a question comes to its draws."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from typing import Any

import xarray as xr

from withdrawal_risk.inference.alignment import check_as_of, fit_window
from withdrawal_risk.inference.cache import cached_fit, fit_path
from withdrawal_risk.inference.defaults import TARGET_ACCEPT
from withdrawal_risk.inference.parameters import sampling
from withdrawal_risk.inference.posterior import Posterior
from withdrawal_risk.model.library import Model
from withdrawal_risk.model.timeline import MonthLike, Window

__all__ = ["KeptPosterior"]


class KeptPosterior(Posterior):
    """A posterior that is asked before it exists, so that a faulty question is refused without sampling.

    Parameters
    ----------
    model : Model
    as_of : str, Month or date, optional
        As in `fit`.
    announce : callable
        Given a line of text before sampling begins.
    progressbar : bool
        As in `fit`.
    **settings
        ``draws``, ``tune``, ``chains`` and ``random_seed`` of `fit`.

    Raises
    ------
    WithdrawalRiskError
        If `as_of` is no month of the model.
    """

    def __init__(
        self,
        model: Model,
        as_of: MonthLike | None,
        *,
        announce: Callable[[str], None],
        progressbar: bool,
        **settings: Any,
    ) -> None:
        month = check_as_of(model, as_of)
        asked = {**sampling(**settings), "target_accept": TARGET_ACCEPT, "nuts_sampler": "nutpie", "keep": "paths"}
        own = {
            "model": model, "as_of": month, "path": fit_path(model, month, asked),
            "_asked": asked, "_announce": announce, "_progressbar": progressbar,
        }  # fmt: skip
        for name, value in own.items():
            object.__setattr__(self, name, value)

    path: Path
    """Where it is kept."""

    _asked: dict[str, Any]
    _announce: Callable[[str], None]
    _progressbar: bool

    @cached_property
    def _found(self) -> Posterior:
        if (found := cached_fit(self.path, self.model, self.as_of, self._asked)) is not None:
            return found
        from withdrawal_risk.inference.fit import fit

        self._announce(
            f"Fitting {self.model.id}: compiling, then {self._asked['chains']} chains of "
            f"{self._asked['tune']} + {self._asked['draws']} draws ..."
        )
        return fit(self.model, as_of=self.as_of, **self._asked, progressbar=self._progressbar, cache=True)

    @property
    def tree(self) -> xr.DataTree:
        """As `Posterior.tree`."""
        return self._found.tree

    @property
    def settings(self) -> dict[str, Any]:
        """As `Posterior.settings`."""
        return self._found.settings

    @property
    def kept(self) -> Window:
        """As `Posterior.kept`: every month of the fit."""
        return fit_window(self.model, self.as_of)

    def __repr__(self) -> str:
        """Name it without asking for its draws."""
        return f"KeptPosterior({self.model.id!r}, as_of={self.as_of}, path={str(self.path)!r})"

    def needs_paths(self, what: str) -> None:
        """Refuse nothing: paths are kept."""
