"""Sampling a model, and gathering what the draws say into one tree."""

from __future__ import annotations

import dataclasses
import hashlib
import json
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from threading import Lock
from typing import Any, Final, Literal, cast

import numpy as np
import xarray as xr
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from withdrawal_risk.dynamics.kernel import pasts
from withdrawal_risk.errors import WithdrawalRiskError
from withdrawal_risk.inference import measurement
from withdrawal_risk.inference.alignment import align_evidence, check_as_of, fit_window
from withdrawal_risk.inference.build import build_graph, data_arrays
from withdrawal_risk.inference.defaults import CHAINS, DRAWS, TARGET_ACCEPT, TUNE
from withdrawal_risk.inference.diagnostics import summarise
from withdrawal_risk.inference.parameters import Frame, build_frame, check_seed, generator
from withdrawal_risk.inference.posterior import Posterior, kernel_arrays
from withdrawal_risk.model.library import Model
from withdrawal_risk.model.spec import first_looked_at
from withdrawal_risk.model.timeline import Month

__all__ = ["compile_graph", "fit"]

_PRIOR_DRAWS: Final = 2000

_CELLS: Final = 8_000_000
"""Levels worked out at once, which bounds memory."""

_COMPILED: OrderedDict[str, Any] = OrderedDict()
_KEEP: Final = 4

_TURN: Final = Lock()
"""Fits of one process take turns: what they compile, and the limits of their threads, belong to all of it."""


def compile_graph(graph: Any, names: Sequence[str]) -> Any:
    """Return a graph as `build` makes it, compiled for the sampler, which keeps the draws of these unknowns."""
    import nutpie
    from pytensor.configdefaults import config

    # Reordered arithmetic would let the same seed give other draws once the compiler's cache is warm.
    with config.change_flags(numba__fastmath=False):
        return nutpie.compile_pymc_model(graph, var_names=list(names), jitter_rvs=set())


def _compiled(model: Model, frame: Frame, as_of: Month) -> Any:
    """Return the compiled graph with the data of this ``as_of``; graphs of equal structure are reused."""
    arrays = {name: value for name, (value, _) in data_arrays(model, frame, as_of).items()}
    blocks = align_evidence(frame, model.evidence, as_of)
    priors = {
        name: (prior.kind, prior.mu.tobytes().hex(), prior.sigma.tobytes().hex())
        for name, prior in frame.priors.items()
    }
    shapes = {name: (value.shape, str(value.dtype)) for name, value in arrays.items()}
    structure = [frame.coords, priors, shapes, frame.sign.tolist(), frame.start_mean.tolist(),
                 frame.start_root.tolist(), [(n, i.family, i.polarity, i.measures) for n, i in frame.indicators],
                 frame.structure.edges,
                 [(block.family, len(block.ids), len(block.cell_row)) for block in blocks]]  # fmt: skip
    key = hashlib.sha256(json.dumps(structure, sort_keys=True).encode()).hexdigest()
    if key not in _COMPILED:
        _COMPILED[key] = compile_graph(build_graph(model, frame, as_of), list(frame.priors))
        if len(_COMPILED) > _KEEP:
            _COMPILED.popitem(last=False)
    _COMPILED.move_to_end(key)
    used = {name: value for name, value in arrays.items() if _is_shared(_COMPILED[key], name)}
    return _COMPILED[key].with_data(**used)


def _is_shared(compiled: Any, name: str) -> bool:
    return any(variable.name == name for variable in compiled.shared_var_keys)


def _sample(model: Model, frame: Frame, as_of: Month, sampler: str, **settings: Any) -> xr.DataTree:
    if sampler == "nutpie":
        import nutpie

        # Typed as if it always blocked.
        running = cast(Any, nutpie).sample(
            _compiled(model, frame, as_of),
            draws=settings["draws"], tune=settings["tune"], chains=settings["chains"], cores=settings["cores"],
            seed=settings["random_seed"], target_accept=settings["target_accept"], save_warmup=False,
            progress_bar=settings["progressbar"], blocking=False,
        )  # fmt: skip
        try:
            return running.wait()
        except BaseException:
            # Left to itself nutpie would hand over the draws made so far as if they were all.
            running.cancel()
            raise
    import pymc as pm

    with build_graph(model, frame, as_of):
        return pm.sample(
            draws=settings["draws"], tune=settings["tune"], chains=settings["chains"], cores=settings["cores"],
            random_seed=settings["random_seed"], nuts_sampler="pymc", nuts={"target_accept": settings["target_accept"]},
            init="adapt_diag",
            progressbar=settings["progressbar"], compute_convergence_checks=False,
        )  # fmt: skip


def _dataset(frame: Frame, variables: Mapping[str, tuple[tuple[str, ...], NDArray[Any]]], chains: int) -> xr.Dataset:
    coords: dict[str, Any] = {}
    data = {}
    for name, (dims, values) in variables.items():
        shaped = values.reshape(chains, -1, *values.shape[1:])
        data[name] = (("chain", "draw", *dims), shaped)
        coords |= {dim: frame.coords[dim] for dim in dims if dim in frame.coords and dim != "month"}
    return xr.Dataset(data, coords=coords)


def fit(
    model: Model,
    *,
    as_of: str | Month | None = None,
    draws: int = DRAWS,
    tune: int = TUNE,
    chains: int = CHAINS,
    cores: int | None = None,
    random_seed: int = 1,
    target_accept: float = TARGET_ACCEPT,
    nuts_sampler: Literal["nutpie", "pymc"] = "nutpie",
    keep: Literal["paths", "parameters"] = "paths",
    progressbar: bool = True,
) -> Posterior:
    """Infer a model from its evidence.

    Parameters
    ----------
    model : Model
    as_of : str or Month, optional
        Last month whose published evidence may be used; the file's own where absent.
    draws, tune, chains, cores, random_seed, target_accept, progressbar
        As in `pymc.sample`. The same seed gives the same draws, whatever the number of cores.
    nuts_sampler : {"nutpie", "pymc"}
    keep : {"paths", "parameters"}
        What is kept of every draw: all of it, or the parameters and the levels of the months that questions about
        the future need. Large networks over long windows fit into memory without their paths; counterfactuals and
        attribution need them.

    Returns
    -------
    Posterior

    Raises
    ------
    WithdrawalRiskError
        If an argument is out of range.
    """
    for name, value, least in (("draws", draws, 10), ("tune", tune, 10), ("chains", chains, 1)):
        if value < least:
            raise WithdrawalRiskError(f"{name} is {value}; it must be at least {least}")
    if cores is not None and cores < 1:
        raise WithdrawalRiskError(f"cores is {cores}; it must be at least 1")
    if not 0 < target_accept < 1:
        raise WithdrawalRiskError(f"target_accept is {target_accept}; it must lie between 0 and 1")
    check_seed(random_seed)
    if nuts_sampler not in ("nutpie", "pymc"):
        raise WithdrawalRiskError(f"{nuts_sampler!r} is not a sampler; use 'nutpie' or 'pymc'")
    if keep not in ("paths", "parameters"):
        raise WithdrawalRiskError(f"keep is {keep!r}; use 'paths' or 'parameters'")
    month = check_as_of(model, as_of)
    # Chains use the cores. A second layer of threads below them would stand in their way, and round as it splits.
    with _TURN, threadpool_limits(1, user_api="blas"):
        frame = build_frame(model, fit_window(model, month))
        sampled = _sample(
            model, frame, month, nuts_sampler, draws=draws, tune=tune, chains=chains, cores=cores,
            random_seed=random_seed, target_accept=target_accept, progressbar=progressbar,
        )  # fmt: skip
        unknowns = {
            name: sampled["posterior"].dataset[name].values.reshape(chains * draws, *prior.mu.shape)
            for name, prior in frame.priors.items()
        }
        groups = _gather(model, frame, month, unknowns, chains, random_seed, keep)
    stats = sampled["sample_stats"].dataset
    groups["sample_stats"] = xr.Dataset(
        {
            name: (("chain", "draw"), np.asarray(stats[name].values, dtype=float))
            for name in ("diverging", "energy", "n_steps", "depth", "tree_depth")
            if name in stats and stats[name].ndim == 2
        }
    )
    tree = xr.DataTree.from_dict(dict(groups.items()))
    import nutpie
    import pymc

    settings: dict[str, Any] = {
        "draws": draws, "tune": tune, "chains": chains, "random_seed": random_seed,
        "target_accept": target_accept, "nuts_sampler": nuts_sampler, "keep": keep,
        "versions": {"pymc": pymc.__version__, "nutpie": nutpie.__version__, "numpy": np.__version__},
    }  # fmt: skip
    settings["diagnostics"] = dataclasses.asdict(summarise(groups["posterior"], groups["sample_stats"]))
    return Posterior(tree, model, month, settings)


def _gather(
    model: Model, frame: Frame, as_of: Month, unknowns: dict[str, Any], chains: int, random_seed: int, keep: str
) -> dict[str, xr.Dataset]:
    """Compute, outside the sampler and some draws at a time, everything that follows from the unknowns."""
    blocks = align_evidence(frame, model.evidence, as_of)
    ids = {f"evidence_{block.family}": list(block.ids) for block in blocks}
    first = frame.window.first
    if keep == "parameters":
        reach = as_of + (1 - max(frame.structure.longest_lag, 1))
        first = max(first, min(reach, first_looked_at(model.spec)))
    since = frame.window.index(first)
    groups: dict[str, xr.Dataset] = {}
    prior_draws = {name: prior.draw(random_seed, _PRIOR_DRAWS) for name, prior in frame.priors.items()}
    for group, draws, parts in (("posterior", unknowns, chains), ("prior", prior_draws, 1)):
        found: dict[str, list[NDArray[Any]]] = {}
        noise = {block.family: generator(random_seed, group, "predictive", block.family) for block in blocks}
        count = len(draws["half_life"])
        step = max(_CELLS // (len(frame.window) * len(frame.structure.factors)), 1)
        for begin in range(0, count, step):
            some = {name: values[begin : begin + step] for name, values in draws.items()}
            arrays = kernel_arrays(model, frame, some, as_of, frame.window)
            level = pasts(
                arrays["phi"], arrays["weight"], arrays["own_scale"], arrays["drive"], arrays["start"],
                arrays["innovation"], arrays["clamped"], arrays["given"][None], *frame.structure.arrays,
            )  # fmt: skip
            here = {"level": level[:, since:], "weight": arrays["weight"]}
            for block in blocks:
                family = block.family
                here[f"predicted {family}"] = measurement.predict(frame, block, some, level, noise[family])
                if group == "posterior":
                    here[f"likelihood {family}"] = measurement.log_likelihood(frame, block, some, level)
            for name, values in here.items():
                found.setdefault(name, []).append(values)
        whole = {name: np.concatenate(pieces) for name, pieces in found.items()}
        variables = {
            name: (frame.priors[name].dims, values)
            for name, values in draws.items() if keep == "paths" or frame.priors[name].dims[0] != "step"
        }  # fmt: skip
        variables["level"] = (("month", "factor"), whole["level"])
        if "weight_size" in draws:
            variables["weight"] = (("edge",), whole["weight"])
        groups[group] = _dataset(frame, variables, parts).assign_coords(month=frame.window.labels[since:])
        for kind, name in (("predicted", f"{group}_predictive"), ("likelihood", "log_likelihood")):
            if kind == "likelihood" and group == "prior":
                continue
            by_family = {
                f"observed_{block.family}": ((f"evidence_{block.family}",), whole[f"{kind} {block.family}"])
                for block in blocks
            }
            groups[name] = _dataset(frame, by_family, parts).assign_coords(ids)
    groups["observed_data"] = xr.Dataset(
        {f"observed_{block.family}": ((f"evidence_{block.family}",), block.value) for block in blocks}
        | {f"seen_{block.family}": ((f"evidence_{block.family}",), block.seen) for block in blocks},
        coords=ids,
    )
    return groups
