"""A fitted model: its tree of draws, and everything needed to open it again."""

from __future__ import annotations

import hashlib
import json
import os
from functools import cached_property
from html import escape
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from withdrawal_risk.characters import quoted
from withdrawal_risk.elements.timeline import Month, Window
from withdrawal_risk.errors import ArgumentError
from withdrawal_risk.files import check_target, path_of
from withdrawal_risk.inference.alignment import policy_paths
from withdrawal_risk.inference.parameters import Frame, build_frame
from withdrawal_risk.model.library import Model
from withdrawal_risk.seals import write_sealed

if TYPE_CHECKING:
    import xarray as xr

__all__ = [
    "Posterior",
    "checked_posterior",
    "model_of",
    "open_posterior",
]

Array = NDArray[np.float64]


class Posterior:
    """Draws of a fitted model, as `fit` and `open_posterior` return them.

    Parameters
    ----------
    tree : xarray.DataTree
        The groups of ArviZ: ``posterior``, ``prior``, ``posterior_predictive``,
        ``prior_predictive``, ``log_likelihood``, ``log_prior`` (of the unknowns besides
        innovations), ``observed_data`` (the rows that the ``as_of`` sees), ``constant_data``
        (``policy_level``, given and not inferred, and ``seen``, which rows of the file are) and
        ``sample_stats``. Months are dates, counts and categories whole numbers.
    model : Model
    as_of : Month
    settings : dict
        Draws, chains, seed, versions and the diagnostics of the fit.

    Examples
    --------
    >>> posterior
    Posterior('small', as_of=2023-12, 4 chains of 1000 draws)
    """

    def __init__(
        self, *, tree: xr.DataTree, model: Model, as_of: Month, settings: dict[str, Any]
    ) -> None:
        self.model, self.as_of = model, as_of
        self._tree, self._settings = tree, settings

    @property
    def tree(self) -> xr.DataTree:
        """The draws, in the groups of ArviZ."""
        return self._tree

    @property
    def settings(self) -> dict[str, Any]:
        """How it was sampled, and the diagnostics of the fit."""
        return self._settings

    @cached_property
    def frame(self) -> Frame:
        """Names, order and priors of the unknowns."""
        return build_frame(self.model, Window(self.model.spec.time.start, self.stored_months.last))

    @property
    def stored_months(self) -> Window:
        """The months whose levels are stored."""
        months = self.tree["posterior"].coords["month"].values
        return Window(Month.read(months[0]), Month.read(months[-1]))

    def draws(self, group: str = "posterior") -> dict[str, Array]:
        """Return the stored unknowns with chain and draw as one axis, shape (draw, ...)."""
        dataset = self.tree[group].dataset
        return {
            name: dataset[name].values.reshape(-1, *dataset[name].shape[2:])
            for name in self.frame.priors
            if name in dataset
        }

    def inferred_levels(self, group: str = "posterior") -> Array:
        """Return the inferred levels of the stored months, shape (draw, month, inferred)."""
        level = self.tree[group].dataset["level"].values
        return np.asarray(level.reshape(-1, *level.shape[2:]))

    def levels(
        self, group: str = "posterior", draws: NDArray[np.intp] | slice = slice(None)
    ) -> Array:
        """Return the levels of the stored months, policies included, (draw, month, node).

        Those of a policy are given, the same in every draw; to put them among the others takes a
        copy of all that are asked for. ``draws`` are positions; all where absent.
        """
        inferred, names = self.inferred_levels(group)[draws], self.frame.structure.factors
        # Without policies nothing has to be put together, and nothing is copied.
        if len(self.frame.inferred) == len(names):
            return inferred
        _, given = policy_paths(self.model, names, self.stored_months, self.as_of)
        levels = np.repeat(given[None], len(inferred), axis=0)
        levels[:, :, self.frame.inferred_index] = inferred
        return levels

    def needs_paths(self, what: str) -> None:
        """Refuse a question about the past where the past was not stored.

        Raises
        ------
        ArgumentError
        """
        if self.settings.get("store", "paths") != "paths":
            raise ArgumentError(
                f"{what} needs every draw's own path, which this fit did not store; fit with "
                "store='paths'"
            )

    @property
    def chains(self) -> int:
        """Number of chains."""
        return int(self.tree["posterior"].sizes["chain"])

    def count(self, group: str = "posterior") -> int:
        """Return the number of draws of a group, of all its chains."""
        sizes = self.tree[group].sizes
        return int(sizes["chain"] * sizes["draw"])

    @cached_property
    def digest(self) -> str:
        """SHA-256 of both files, the ``as_of`` and the settings; answers carry it."""
        # Two fits with the same content give the same answers.
        content = json.dumps([self.model.digest, str(self.as_of), self.settings], sort_keys=True)
        return hashlib.sha256(content.encode()).hexdigest()

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write everything to one NetCDF file.

        The file appears whole or not at all; a symbolic link is followed, and a file that is
        replaced keeps its permissions.

        Parameters
        ----------
        path : str or os.PathLike
            ``~`` is the home folder.

        Raises
        ------
        WithdrawalRiskError
            If it cannot be written, or `tree` holds what no fit of this model does.
        """
        from withdrawal_risk.inference.storage import encode

        # The place is checked before the content is made, which takes longer.
        target = path_of(path)
        check_target(target)
        write_sealed(target, encode(self))

    def __repr__(self) -> str:
        """Name it in a line."""
        settings = self.settings
        size = (
            f", {settings['chains']} chains of {settings['draws']} draws"
            if "draws" in settings
            else ""
        )
        return f"Posterior({self.model.id!r}, as_of={self.as_of}{size})"

    def _repr_html_(self) -> str:
        """Show it as a notebook shows its tree."""
        html: str = self.tree._repr_html_()
        return f"<p>{escape(repr(self))}</p>{html}"


def open_posterior(path: str | os.PathLike[str]) -> Posterior:
    """Open a saved posterior; nothing else is needed.

    The file is believed only where it is what was written (see docs/trust.md): its seal is intact,
    and its arrays are those that a fit of the model in it has, and no others.

    Parameters
    ----------
    path : str or os.PathLike
        ``~`` is the home folder.

    Raises
    ------
    WithdrawalRiskError
        If the file cannot be read, is not one of ours, or was changed.

    Examples
    --------
    >>> posterior.save(folder / "small.nc")
    >>> wr.open_posterior(folder / "small.nc")
    Posterior('small', as_of=2023-12, 4 chains of 1000 draws)
    """
    from withdrawal_risk.inference.storage import read_posterior

    return read_posterior(path_of(path))


def model_of(value: object, function: str) -> Model:
    """Return the model of what a function is given for a model or a posterior.

    Raises
    ------
    ArgumentError
        If it is neither.
    """
    if isinstance(value, Model):
        return value
    if isinstance(value, str | os.PathLike) and not str(value).endswith(".nc"):
        raise ArgumentError(
            f"{function} takes a model or a posterior: write load_model({quoted(str(value))})"
        )
    return checked_posterior(value, function).model


def checked_posterior(value: object, function: str) -> Posterior:
    """Return what a function is given for a posterior.

    Raises
    ------
    ArgumentError
        If it is something else, with what to write instead.
    """
    if isinstance(value, Posterior):
        return value
    if isinstance(value, Model):
        raise ArgumentError(
            f"{function} takes a posterior, and this is a model that was not fitted: write "
            "fit(model)"
        )
    if isinstance(value, str | os.PathLike):
        text = quoted(str(value))
        how = (
            f"open_posterior({text})" if str(value).endswith(".nc") else f"fit(load_model({text}))"
        )
        raise ArgumentError(f"{function} takes a posterior: write {how}")
    raise ArgumentError(f"{function} takes a posterior, as fit returns it, not {quoted(value)}")
