"""A posterior known by its place in the cache, opened or sampled when its draws are needed."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import Any

import xarray as xr

from withdrawal_risk.cores import usable_cores
from withdrawal_risk.elements.timeline import MonthLike, Window
from withdrawal_risk.inference.alignment import check_as_of, fit_window
from withdrawal_risk.inference.cache import cached_fit, fit_path
from withdrawal_risk.inference.defaults import TARGET_ACCEPT
from withdrawal_risk.inference.parameters import sampling
from withdrawal_risk.inference.posterior import Posterior
from withdrawal_risk.model.library import Model

__all__ = ["LazyPosterior"]


class LazyPosterior(Posterior):
    """A posterior that may be asked before it exists.

    A question with a fault is thereby refused without sampling.

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

    Attributes
    ----------
    path : Path
        Its place in the cache.

    Raises
    ------
    WithdrawalRiskError
        If `as_of` is not a month of the model.
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
        self.model, self.as_of = model, check_as_of(model, as_of)
        self._asked: dict[str, Any] = {
            **sampling(**settings),
            "target_accept": TARGET_ACCEPT,
            "nuts_sampler": "nutpie",
            "store": "paths",
        }
        self._announce, self._progressbar = announce, progressbar
        self.path = fit_path(model, self.as_of, self._asked)

    @cached_property
    def _fit(self) -> Posterior:
        # First the cache, then the sampler.
        cached = cached_fit(self.path, self.model, self.as_of, self._asked)
        if cached is not None:
            return cached
        from withdrawal_risk.inference.fit import fit, fitting_line

        if not self._progressbar:
            # With a progress bar the fit itself says so.
            cores = min(usable_cores(), self._asked["chains"])
            self._announce(fitting_line(self.frame, self.model.id, self.as_of, self._asked, cores))
        return fit(
            self.model,
            as_of=self.as_of,
            **self._asked,
            progressbar=self._progressbar,
            cache=True,
        )

    @property
    def tree(self) -> xr.DataTree:
        """The draws, in the groups of ArviZ."""
        return self._fit.tree

    @property
    def settings(self) -> dict[str, Any]:
        """How it was sampled, and the diagnostics of the fit."""
        return self._fit.settings

    @property
    def stored_months(self) -> Window:
        """The months whose levels are stored: all of the fit."""
        return fit_window(self.model, self.as_of)

    def __repr__(self) -> str:
        """Name it without asking for its draws."""
        return f"LazyPosterior({self.model.id!r}, as_of={self.as_of}, path={str(self.path)!r})"

    def needs_paths(self, what: str) -> None:
        """Refuse nothing: paths are stored."""
