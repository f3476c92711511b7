"""Sampling a model, and gathering what the draws say into one tree."""

from __future__ import annotations

import dataclasses
import logging
from threading import Lock
from typing import Any, Final, Literal, cast

import xarray as xr
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from withdrawal_risk.arguments import chosen, number, true_or_false, whole_number
from withdrawal_risk.console import say
from withdrawal_risk.cores import usable_cores
from withdrawal_risk.elements.timeline import Month, MonthLike
from withdrawal_risk.inference.alignment import check_as_of, fit_window
from withdrawal_risk.inference.build import build_graph
from withdrawal_risk.inference.cache import cached_fit, fit_path, store_fit
from withdrawal_risk.inference.defaults import CHAINS, DRAWS, TARGET_ACCEPT, TUNE
from withdrawal_risk.inference.gathering import posterior_of
from withdrawal_risk.inference.operation import compiled_model
from withdrawal_risk.inference.parameters import Frame, build_frame, sampling
from withdrawal_risk.inference.posterior import Posterior
from withdrawal_risk.inference.problem import without_machine_code
from withdrawal_risk.inference.tree import Tree, check_memory
from withdrawal_risk.inference.vector import split, starting_point
from withdrawal_risk.model.library import Model, checked_model

__all__ = ["compile_graph", "fit", "fitting_line"]

_LOG: Final = logging.getLogger("withdrawal_risk")

_STEPS: Final = 60
"""Gradients a draw, as models of some twenty factors take."""

_GRADIENT: Final = 12e-6
_GRADIENT_EACH: Final = 12e-9
"""Seconds of a gradient, and more for each factor or edge and month; see docs/performance.md."""

_VARIABLES: Final = {"reference": "anchor"}
"""Variables of the graph that are sampled in the place of an unknown."""

_TURN: Final = Lock()
"""Fits of one process take turns: what they compile, and the limits of their threads, belong to all
of it."""


def compile_graph(graph: Any) -> Any:
    """Return a PyMC model compiled for nutpie by its own graph, which stores the unknowns alone."""
    import nutpie
    from pytensor.configdefaults import config

    # Reordered arithmetic would let the same seed give other draws once the compiler's cache is
    # warm.
    with config.change_flags(numba__fastmath=False):
        return nutpie.compile_pymc_model(
            graph, var_names=[variable.name for variable in graph.free_RVs], jitter_rvs=set()
        )


def _nutpie_model(model: Model, frame: Frame, as_of: Month) -> Any:
    """Return a model as nutpie samples it: by the compiled density, or by PyMC's own graph."""
    lacking = without_machine_code(frame)
    if lacking is None:
        _LOG.info("%s is sampled by the compiled density", model.id)
        return compiled_model(model, frame, as_of)
    _LOG.info("%s is sampled by PyMC's own graph: %s has no compiled density", model.id, lacking)
    compiled = compile_graph(build_graph(model, frame, as_of))
    return dataclasses.replace(
        compiled, initial_point_func=lambda seed: starting_point(frame, seed)
    )


def _sample(model: Model, frame: Frame, as_of: Month, settings: dict[str, Any]) -> xr.DataTree:
    """Return what a sampler makes of a model."""
    if settings["nuts_sampler"] == "nutpie":
        import nutpie

        # Typed as if it always blocked.
        running = cast(Any, nutpie).sample(
            _nutpie_model(model, frame, as_of),
            draws=settings["draws"],
            tune=settings["tune"],
            chains=settings["chains"],
            cores=settings["cores"],
            seed=settings["random_seed"],
            target_accept=settings["target_accept"],
            save_warmup=False,
            progress_bar=settings["progressbar"],
            blocking=False,
        )
        try:
            return running.wait()
        except BaseException:
            # Left to itself nutpie would hand over the draws made so far as if they were all.
            running.cancel()
            raise
    import pymc as pm

    _LOG.info("%s is sampled by PyMC's own sampler and graph", model.id)
    starts = []
    for chain in range(settings["chains"]):
        point = split(frame, starting_point(frame, settings["random_seed"] + chain)[None])
        starts.append({_VARIABLES.get(name, name): value[0] for name, value in point.items()})
    with build_graph(model, frame, as_of):
        return pm.sample(
            draws=settings["draws"],
            tune=settings["tune"],
            chains=settings["chains"],
            cores=settings["cores"],
            random_seed=settings["random_seed"],
            nuts_sampler="pymc",
            nuts={"target_accept": settings["target_accept"]},
            init="adapt_diag",
            initvals=starts,
            progressbar=settings["progressbar"],
            compute_convergence_checks=False,
        )


def _sampled_unknowns(frame: Frame, posterior: xr.Dataset) -> dict[str, NDArray[Any]]:
    """Return the unknowns, shape (draw, ...), chains one after the other; anchors for references.

    The compiled density stores what is sampled, where PyMC's graph stores what it stands for.
    """
    unknowns = {}
    for name, prior in frame.priors.items():
        variable = _VARIABLES.get(name, name)
        sampled = variable + prior.suffix
        values = posterior[sampled if sampled in posterior else variable].values
        values = values.reshape(-1, *prior.mu.shape)
        # Of references what is sampled is what is stored.
        transformed = prior.suffix and sampled in posterior
        unknowns[name] = prior.constrained(values) if transformed else values
    return unknowns


def fit(  # noqa: PLR0913
    model: Model,
    *,
    as_of: MonthLike | None = None,
    draws: int = DRAWS,
    tune: int = TUNE,
    chains: int = CHAINS,
    cores: int | None = None,
    random_seed: int = 1,
    target_accept: float = TARGET_ACCEPT,
    nuts_sampler: Literal["nutpie", "pymc"] = "nutpie",
    store: Literal["paths", "parameters"] = "paths",
    progressbar: bool = True,
    cache: bool = False,
) -> Posterior:
    """Infer a model from its evidence.

    Parameters
    ----------
    model : Model
    as_of : str, Month or date, optional
        Last month whose published evidence may be used; the file's own where absent.
    draws, tune, chains, cores, random_seed, target_accept, progressbar
        As in `pymc.sample`. The same seed gives the same draws, whatever the number of cores. A
        line before the progress bar says what is done and how long that usually takes.
    nuts_sampler : {"nutpie", "pymc"}
        Nutpie samples the compiled density, which starts at once; PyMC's own graph where a family
        or a prior has no compiled form, and for ``"pymc"``. The logger ``withdrawal_risk`` says
        which.
    store : {"paths", "parameters"}
        What is kept of every draw: all of it, or the parameters and the levels of the months that
        questions about the future need. Large networks over long windows fit into memory without
        their paths; counterfactuals and attribution need them.
    cache : bool
        Whether to look for this fit among those kept on disk, and to keep it there. Everything it
        depends on is in its name: both files, the settings and the library's code. The command line
        shares the folder; see `cache_folder`.

    Returns
    -------
    Posterior

    Raises
    ------
    ArgumentError
        If an argument is out of range, or asks for more memory than there is.

    Examples
    --------
    >>> few = wr.fit(posterior.model, draws=20, tune=20, chains=1, progressbar=False)
    >>> few
    Posterior('small', as_of=2023-12, 1 chains of 20 draws)
    """
    model = checked_model(model, "fit")
    settings: dict[str, Any] = {
        **sampling(draws=draws, tune=tune, chains=chains, random_seed=random_seed),
        "target_accept": number(target_accept, "target_accept", above=0, below=1),
        "nuts_sampler": nuts_sampler,
        "store": store,
    }
    draws, chains, random_seed = (settings[name] for name in ("draws", "chains", "random_seed"))
    cores = usable_cores() if cores is None else whole_number(cores, "cores", least=1, most=10_000)
    chosen(nuts_sampler, "nuts_sampler", ("nutpie", "pymc"))
    chosen(store, "store", ("paths", "parameters"))
    progressbar = true_or_false(progressbar, "progressbar")
    cache = true_or_false(cache, "cache")
    month = check_as_of(model, as_of)
    # Before any work: a cached fit answers at once.
    place = fit_path(model, month, settings) if cache else None
    if place is not None and (stored := cached_fit(place, model, month, settings)) is not None:
        return stored
    # Chains use the cores. A second layer of threads below them would stand in their way, and round
    # as it splits.
    with _TURN, threadpool_limits(1, user_api="blas"):
        frame = build_frame(model, fit_window(model, month))
        tree = Tree(model, frame, month, draws=draws, chains=chains, store=store)
        # Before any work, too: sampling an hour and then failing helps nobody.
        check_memory(tree)
        if progressbar:
            say(fitting_line(frame, model.id, month, settings, min(cores, chains)))
        sampled = _sample(
            model, frame, month, settings | {"cores": cores, "progressbar": progressbar}
        )
        unknowns = _sampled_unknowns(frame, sampled["posterior"].dataset)
        fresh = posterior_of(tree, unknowns, sampled["sample_stats"].dataset, settings)
    if place is not None:
        store_fit(place, fresh)
    return fresh


def fitting_line(
    frame: Frame, model: str, as_of: Month, settings: dict[str, Any], cores: int
) -> str:
    """Say what a fit does, and how long it usually takes."""
    work = (len(frame.structure.factors) + len(frame.structure.edges)) * len(frame.window)
    gradients = settings["chains"] * (settings["tune"] + settings["draws"]) * _STEPS
    seconds = gradients * (_GRADIENT + _GRADIENT_EACH * work) / cores
    unknowns = sum(prior.mu.size for prior in frame.priors.values())
    # Half and twice as long are common: steps a draw differ, and so do machines.
    usually = "a few seconds"
    if seconds > 60:
        usually = f"{seconds / 120:.0f} to {seconds / 30:.0f} minutes"
    elif seconds > 2:
        usually = f"{seconds / 2:.0f} to {2 * seconds:.0f} seconds"
    return (
        f"Fitting {model} as of {as_of}: {settings['chains']} x ({settings['tune']:,} + "
        f"{settings['draws']:,}) draws of {unknowns:,} unknowns on {_counted(cores)}, usually "
        f"{usually}, and up to 20 seconds more where nothing has been compiled yet"
    )


def _counted(cores: int) -> str:
    return "1 core" if cores == 1 else f"{cores} cores"
