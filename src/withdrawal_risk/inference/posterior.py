"""A fitted model: its tree of draws, and everything needed to open it again."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from withdrawal_risk.errors import QueryError, WithdrawalRiskError
from withdrawal_risk.files import write_beside
from withdrawal_risk.inference.alignment import event_activity, policy_paths
from withdrawal_risk.inference.parameters import Frame, build_frame
from withdrawal_risk.model.library import Model
from withdrawal_risk.model.timeline import Month, Window

if TYPE_CHECKING:
    import xarray as xr

__all__ = ["Posterior", "kernel_arrays", "open_posterior"]

Array = NDArray[np.float64]

_MANIFEST = "withdrawal_risk"


def kernel_arrays(
    model: Model, frame: Frame, draws: Mapping[str, Array], as_of: Month, window: Window
) -> dict[str, Array]:
    """Return what a sweep needs, draw by draw, over a window that may reach past the fit.

    Parameters
    ----------
    draws : mapping of str to ndarray, shape (draw, ...)
        The unknowns.
    window : Window

    Returns
    -------
    dict
        ``phi``, ``own_scale`` (draw, factor); ``weight`` (draw, edge); ``start`` (draw, factor);
        ``drive`` (draw, month, factor); ``innovation`` (draw, step, factor) over the fit window;
        ``clamped``, ``given`` (month, factor).
    """
    n, latent = len(frame.structure.factors), frame.latent_index
    count = len(draws["half_life"])
    phi, own, start = np.full((count, n), 0.5), np.zeros((count, n)), np.zeros((count, n))
    phi[:, latent] = 2.0 ** (-1.0 / draws["half_life"])
    own[:, latent] = draws["own_scale"]
    start[:, latent] = frame.start_mean + draws["start_innovation"] @ frame.start_root.T
    weight = frame.sign * draws["weight_size"] if "weight_size" in draws else np.zeros((count, 0))
    drive = np.zeros((count, len(window), n))
    if "baseline" in draws:
        drive[:, :, latent[frame.baseline]] += draws["baseline"][:, None, :]
    if frame.effects:
        activity = event_activity(model, frame.effects, window, as_of)
        for e, (_, factor) in enumerate(frame.effects):
            drive[:, :, frame.structure.factors.index(factor)] += draws["event_effect"][:, e, None] * activity[:, e]
    innovation = np.zeros((count, len(frame.window) - 1, n))
    for name, mask in (("innovation_smooth", ~frame.jump), ("innovation_jump", frame.jump)):
        if name in draws:
            innovation[:, :, latent[mask]] = draws[name]
    clamped, given = policy_paths(model, frame.structure.factors, window, as_of)
    return {
        "phi": phi, "own_scale": own, "start": start, "weight": weight, "drive": drive,
        "innovation": innovation, "clamped": clamped, "given": given,
    }  # fmt: skip


@dataclass(frozen=True, eq=False)
class Posterior:
    """Draws of a fitted model.

    Parameters
    ----------
    tree : xarray.DataTree
        Groups ``posterior``, ``prior``, ``posterior_predictive``, ``log_likelihood``, ``observed_data``,
        ``sample_stats``.
    model : Model
    as_of : Month
    settings : dict
        Draws, chains, seed, versions and the diagnostics of the fit.
    """

    tree: xr.DataTree
    model: Model
    as_of: Month
    settings: dict[str, Any]

    @cached_property
    def frame(self) -> Frame:
        """Names, order and priors of the unknowns."""
        return build_frame(self.model, Window(self.model.spec.time.start, self.kept.last))

    @property
    def kept(self) -> Window:
        """The months whose levels are kept."""
        months = self.tree["posterior"].coords["month"].values
        return Window(Month.parse(str(months[0])), Month.parse(str(months[-1])))

    def draws(self, group: str = "posterior") -> dict[str, Array]:
        """Return the unknowns that are kept with chain and draw as one axis, shape (draw, ...)."""
        dataset = self.tree[group].dataset
        return {
            name: dataset[name].values.reshape(-1, *dataset[name].shape[2:])
            for name in self.frame.priors if name in dataset
        }  # fmt: skip

    def needs_paths(self, what: str) -> None:
        """Refuse a question about the past where the past was not kept.

        Raises
        ------
        QueryError
        """
        if self.settings.get("keep", "paths") != "paths":
            raise QueryError(f"{what} needs every draw's own path, which this fit did not keep; fit with keep='paths'")

    @property
    def chains(self) -> int:
        """Number of chains."""
        return int(self.tree["posterior"].sizes["chain"])

    def save(self, path: str | Path) -> None:
        """Write everything to one NetCDF file; the file appears whole or not at all."""
        manifest = {
            "format": 1, "model": self.model.model_text, "evidence": self.model.evidence_text,
            "as_of": str(self.as_of), "settings": self.settings,
        }  # fmt: skip
        tree = self.tree.copy()
        tree.attrs = {_MANIFEST: json.dumps(manifest)}
        compressed = {
            f"/{name}": {
                variable: {"zlib": True, "complevel": 1}
                for variable, array in group.dataset.data_vars.items() if array.dtype.kind == "f" and array.size > 1000
            }
            for name, group in tree.children.items()
        }  # fmt: skip
        write_beside(Path(path), lambda at: tree.to_netcdf(at, engine="h5netcdf", encoding=compressed))


def open_posterior(path: str | Path) -> Posterior:
    """Open a saved posterior; nothing else is needed.

    Raises
    ------
    WithdrawalRiskError
        If the file is not one of ours.
    """
    import xarray as xr

    try:
        with xr.open_datatree(path, engine="h5netcdf") as opened:
            tree = opened.load()
    except FileNotFoundError:
        raise WithdrawalRiskError(f"{path} does not exist; save a posterior there first") from None
    except OSError as error:
        raise WithdrawalRiskError(f"{path} is not a NetCDF file: {error}") from None
    if _MANIFEST not in tree.attrs:
        raise WithdrawalRiskError(f"{path} was not written by Posterior.save; open it with xarray instead")
    manifest = json.loads(tree.attrs[_MANIFEST])
    model = Model.from_texts(manifest["model"], manifest["evidence"])
    return Posterior(tree, model, Month.parse(manifest["as_of"]), manifest["settings"])
