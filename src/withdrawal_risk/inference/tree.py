"""The tree of a fit in the terms of ArviZ: which group holds which arrays, and their dims."""

from __future__ import annotations

import math
import os
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from withdrawal_risk.elements.timeline import Month, Window
from withdrawal_risk.errors import ArgumentError
from withdrawal_risk.families import Family
from withdrawal_risk.inference.alignment import Block, align_evidence, policy_paths
from withdrawal_risk.inference.parameters import Frame
from withdrawal_risk.model.evidence import latest_looks
from withdrawal_risk.model.library import Model
from withdrawal_risk.model.spec import first_clause_month

if TYPE_CHECKING:
    import xarray as xr

__all__ = ["MOST_BYTES", "PRIOR_DRAWS", "Slot", "Tree", "check_memory", "seen_rows", "whole"]

Arrays = dict[str, dict[str, NDArray[Any]]]
"""By group and name."""

PRIOR_DRAWS: Final = 2000

MOST_BYTES: Final = 64 * 1024**3
"""Taken for the memory of a machine that does not tell."""

_STATS: Final = {
    "diverging": "bool",
    "energy": "float64",
    "n_steps": "int64",
    "tree_depth": "int64",
}
"""What is kept of the sampler's own account of each draw, in PyMC's names."""


class Slot(NamedTuple):
    """The place of an array.

    Parameters
    ----------
    dims : tuple of str
    shape : tuple of int
    dtype : str
    """

    dims: tuple[str, ...]
    shape: tuple[int, ...]
    dtype: str


def seen_rows(block: Block) -> NDArray[np.int64]:
    """Return the positions of the rows that the ``as_of`` sees."""
    return np.flatnonzero(block.seen > 0)


class Tree:
    """What a fit of a model stores, computed from the model alone, for writing and for reading.

    Parameters
    ----------
    model : Model
    frame : Frame
    as_of : Month
    draws, chains : int
    store : {"paths", "parameters"}
        As in `fit`.

    Attributes
    ----------
    blocks : tuple of Block
        The evidence of each family. The tree holds the rows that are seen, and no others.
    window : Window
        The months whose levels are kept.
    """

    def __init__(
        self, model: Model, frame: Frame, as_of: Month, *, draws: int, chains: int, store: str
    ) -> None:
        self.model, self.frame, self.as_of = model, frame, as_of
        self.draws, self.chains, self.store = draws, chains, store
        self.blocks = tuple(
            block for block in align_evidence(frame, model.evidence, as_of) if len(seen_rows(block))
        )
        first = frame.window.first
        # Lags and clauses may reach back before the date of the fit.
        if store == "parameters":
            reach = as_of + (1 - max(frame.structure.longest_lag, 1))
            first = max(first, min(reach, first_clause_month(model.spec), self._first_unseen()))
        self.window = Window(first, frame.window.last)

    def _first_unseen(self) -> Month:
        """Return the month from which a state that lasts has to be followed: its latest look."""
        looks = latest_looks(self.model.evidence_at(self.as_of))
        seen: dict[str, Month] = {}
        for name, month in looks:
            seen[name] = max(month, seen.get(name, month))
        start = self.frame.window.first
        states = self.frame.coords["state_indicator"]
        return min((seen.get(name, start) for name in states), default=self.as_of)

    @property
    def unknowns(self) -> tuple[str, ...]:
        """The names of the unknowns that are kept."""
        return tuple(
            n
            for n, prior in self.frame.priors.items()
            if self.store == "paths" or prior.dims[0] != "step"
        )

    @property
    def parameters(self) -> tuple[str, ...]:
        """The names of the unknowns other than innovations."""
        return tuple(name for name, prior in self.frame.priors.items() if prior.dims[0] != "step")

    def slots(self) -> dict[str, dict[str, Slot]]:
        """Return the place of every array, by group and name."""
        frame = self.frame
        # The length of every dimension, from its labels.
        sizes = {name: len(values) for name, values in self._coords().items()}

        def slot(dims: tuple[str, ...], dtype: str, sample: tuple[int, int] | None) -> Slot:
            before = () if sample is None else ("chain", "draw")
            return Slot((*before, *dims), (*(sample or ()), *(sizes[dim] for dim in dims)), dtype)

        def unknown(sample: tuple[int, int]) -> dict[str, Slot]:
            slots = {
                name: slot(frame.priors[name].dims, "float64", sample) for name in self.unknowns
            }
            slots["level"] = slot(("month", "factor"), "float64", sample)
            if "weight_size" in frame.priors:
                slots["weight"] = slot(("edge",), "float64", sample)
            return slots

        def rows(sample: tuple[int, int] | None, *, density: bool = False) -> dict[str, Slot]:
            return {
                f"observed_{b.family.name}": slot(
                    (f"evidence_{b.family.name}",),
                    "int64" if b.family.whole and not density else "float64",
                    sample,
                )
                for b in self.blocks
            }

        # The prior is one chain of its own length.
        many, prior = (self.chains, self.draws), (1, PRIOR_DRAWS)
        return {
            "posterior": unknown(many),
            "prior": unknown(prior),
            "posterior_predictive": rows(many),
            "prior_predictive": rows(prior),
            "log_likelihood": rows(many, density=True),
            "log_prior": {
                name: slot(frame.priors[name].dims, "float64", many) for name in self.parameters
            },
            "observed_data": rows(None),
            "constant_data": {
                "policy_level": slot(("month", "policy"), "float64", None),
                "seen": slot(("evidence",), "bool", None),
            },
            "sample_stats": {name: slot((), dtype, many) for name, dtype in _STATS.items()},
        }

    @property
    def nbytes(self) -> int:
        """Bytes that all arrays take together."""
        return sum(math.prod(slot.shape) * np.dtype(slot.dtype).itemsize for _, _, slot in self)

    def _coords(self) -> dict[str, Any]:
        """Return the labels of every dimension but ``chain`` and ``draw``."""
        frame = self.frame
        coords: dict[str, Any] = dict(frame.coords)
        coords |= {
            f"evidence_{b.family.name}": [b.ids[r] for r in seen_rows(b)] for b in self.blocks
        }
        coords |= {
            "factor": list(frame.inferred),
            "policy": [
                name for name in frame.structure.factors if name in self.model.spec.policies
            ],
            "month": self.window.dates,
            "step": Window(frame.window.first + 1, frame.window.last).dates,
            "evidence": [row.id for row in self.model.evidence],
        }
        return coords

    def given(self) -> Arrays:
        """Return the groups that are no draws: what was observed, and what is given."""
        factors = self.frame.structure.factors
        counting = {row.id for row in self.model.evidence_at(self.as_of)}
        # Policies are given, so their levels are constant data and no draws.
        _, level = policy_paths(self.model, factors, self.window, self.as_of)
        chosen = [j for j, name in enumerate(factors) if name in self.model.spec.policies]
        return {
            "observed_data": {
                f"observed_{b.family.name}": whole(b.family, b.value[seen_rows(b)])
                for b in self.blocks
            },
            "constant_data": {
                "policy_level": level[:, chosen],
                "seen": np.array([row.id in counting for row in self.model.evidence], dtype=bool),
            },
        }

    def assemble(self, arrays: Mapping[str, Mapping[str, NDArray[Any]]]) -> xr.DataTree:
        """Return the tree that holds arrays, each in its place.

        Raises
        ------
        ValueError
            If one is missing, is one too many, or has another shape.
        """
        import xarray as xr

        coords, groups = self._coords(), {}
        for group, slots in self.slots().items():
            # A missing array would be noticed only by the question that needs it.
            if set(arrays[group]) != set(slots):
                raise ValueError(
                    f"{group} holds {sorted(arrays[group])}; it must hold {sorted(slots)}"
                )
            data = {}
            used: dict[str, Any] = {}
            for name, slot in slots.items():
                values = arrays[group][name]
                if values.shape != slot.shape:
                    raise ValueError(
                        f"{group}/{name} has shape {values.shape}; it must be {slot.shape}"
                    )
                data[name] = (slot.dims, values.astype(slot.dtype, copy=False))
                for dim, size in zip(slot.dims, slot.shape, strict=True):
                    used[dim] = np.arange(size) if dim in ("chain", "draw") else coords[dim]
            groups[group] = xr.Dataset(data, coords=used)
        return xr.DataTree.from_dict(groups)

    def of_draws(
        self, arrays: Mapping[str, NDArray[Any]], sample: tuple[int, int]
    ) -> dict[str, NDArray[Any]]:
        """Return arrays whose first axis is split into chains and draws."""
        return {name: values.reshape(*sample, *values.shape[1:]) for name, values in arrays.items()}

    def __iter__(self) -> Iterator[tuple[str, str, Slot]]:
        """Yield the place of every array with its group and name."""
        for group, slots in self.slots().items():
            for name, slot in slots.items():
                yield group, name, slot


def check_memory(tree: Tree) -> None:
    """Refuse a fit whose draws would not fit into the memory of this machine.

    Raises
    ------
    ArgumentError
    """
    wanted = tree.nbytes
    available = (
        os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
        if hasattr(os, "sysconf")
        else MOST_BYTES
    )
    # While it is gathered the tree is held twice: as draws of the sampler and in its groups.
    if 2 * wanted > available:
        raise ArgumentError(
            f"{tree.chains:,} chains of {tree.draws:,} draws need about {2 * wanted / 1e9:,.0f} "
            "GB, and this machine has "
            f"{available / 1e9:,.0f} GB; ask for fewer draws, or fit with store='parameters'"
        )


def whole(family: Family[Any], values: NDArray[Any]) -> NDArray[Any]:
    """Return values of a family that shows whole numbers as such.

    No count is beyond 2^53, where they end to be exact.
    """
    if not family.whole:
        return values
    return np.clip(values, -(2.0**53), 2.0**53).astype(np.int64)
