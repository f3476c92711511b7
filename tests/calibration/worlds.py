"""One simulated world: drawn from the prior, fitted, and its truth placed among what the fit says."""

from __future__ import annotations

import copy
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, TypedDict

import numpy as np
from arviz_stats.base import array_stats
from numpy.typing import NDArray
from tests.calibration.networks import Setting, setting
from tests.oracles import simulator

import withdrawal_risk as wr
from withdrawal_risk.queries.results import summarise
from withdrawal_risk.simulation.probabilities import probabilities
from withdrawal_risk.simulation.worlds import of_settings

__all__ = ["CI_PROB", "USUAL", "Record", "Settings", "one"]

Array = NDArray[np.float64]

CI_PROB: Final = 0.9
"""Probability of the intervals whose coverage is counted."""

TRUE_FUTURES: Final = 10_000
"""Futures of the truth that a reported interval of a condition's probability is held against.

A probability counted in them is known to half a step; an interval holds it where it meets that much. Of a condition that
came true in none of them, an interval from a millionth up is not refuted.
"""


HELD_AT: Final = 1.0
"""Level at which the first driver is held throughout the future, where differences are certified."""


@dataclass(frozen=True)
class Settings:
    """How a world is fitted and asked.

    Parameters
    ----------
    draws, tune, chains : int
        Of each fit.
    keep : int
        Nearly independent posterior draws the truth is ranked among.
    futures : int
        Of each draw, and of the truth where it is ranked, for the probability of a condition and its difference.
    """

    draws: int = 250
    tune: int = 500
    chains: int = 2
    keep: int = 100
    futures: int = 64

    @property
    def ranked(self) -> int:
        """Draws in fact ranked among: as many of every chain."""
        return self.chains * (self.keep // self.chains)

    def thinned(self, values: Array) -> Array:
        """Return evenly spaced draws of every chain, chain by chain; ``values`` has all draws first."""
        each = self.keep // self.chains
        stride = self.draws // each
        by_chain = values.reshape(self.chains, self.draws, *values.shape[1:])
        return by_chain[:, stride - 1 :: stride][:, :each].reshape(self.ranked, *values.shape[1:])


USUAL: Final = Settings()


class Record(TypedDict):
    """What a world leaves behind, as plain data.

    ``ranks`` and ``ess`` have a number for each quantity. ``pit`` and ``printed`` have, by kind and label, one
    number a month: where the truth lies among the draws, uniform on (0, 1) where the fit is right, and whether the
    interval as printed holds it.
    """

    ranks: dict[str, int]
    ess: dict[str, float]
    pit: dict[str, dict[str, list[float]]]
    printed: dict[str, dict[str, list[bool]]]
    divergences: int
    seconds: float


_VARIABLES: Final = {
    "half_life": "latent",
    "own_scale": "latent",
    "baseline": "baseline_latent",
    "weight_size": "edge",
    "event_effect": "effect",
    "reference": "indicator",
    "loading": "indicator",
    "error": "noisy_indicator",
    "drift_share": "share_latent",
    "drift_half_life": "slow_latent",
    "event_lasting": "lasting_effect",
    "leaving": "leaving_indicator",
    "nought": "stopping_indicator",
    "nought_loading": "stopping_indicator",
}


def _drawn(
    problem: simulator.Problem, posterior: wr.Posterior, settings: Settings
) -> tuple[simulator.Named, simulator.Named]:
    """Return posterior draws of parameters and of paths as the simulator names them."""
    dataset = posterior.tree["posterior"].dataset

    def kept(name: str) -> Array:
        values = dataset[name].values
        return settings.thinned(values.reshape(-1, *values.shape[2:]))

    theta: simulator.Named = {}
    for name, dim in _VARIABLES.items():
        theta[name] = {}
        if name in dataset:
            theta[name] = {
                str(label): kept(name)[:, k] for k, label in enumerate(dataset[dim].values)
            }
    theta["gaps"] = {name: [] for name, item in problem["indicators"].items() if "gaps" in item}
    if "category_gap_size" in dataset:
        for k, label in enumerate(dataset["category_gap"].values):
            theta["gaps"][str(label).split(":")[0]].append(kept("category_gap_size")[:, k])
    level = settings.thinned(posterior.levels())
    theta.setdefault("gaps", {})
    return theta, {name: level[:, :, j] for j, name in enumerate(posterior.frame.structure.factors)}


def _quantities(
    problem: simulator.Problem, theta: simulator.Named, path: simulator.Named, ahead: Mapping[str, Any],
    values: simulator.Named,
) -> dict[str, Any]:  # fmt: skip
    """Return what is ranked, for one set of parameters or for many; ``ahead`` has what futures say."""
    found = {
        f"{name}[{label}]": value for name in _VARIABLES for label, value in theta[name].items()
    }
    found |= {
        f"gap[{name}:{g + 1}]": v
        for name, gaps in theta["gaps"].items()
        for g, v in enumerate(gaps)
    }
    months = problem["months"]
    for name in problem["factors"]:
        for place, month in (("first", 0), ("middle", months // 2), ("last", months - 1)):
            found[f"level[{name}, {place}]"] = path[name][..., month]
    found["log density[evidence]"] = simulator.log_likelihood(problem, theta, path, values)
    found["log density[levels]"] = simulator.log_path(problem, theta, path)
    return found | ahead


def _first_driver(world: Setting) -> str:
    """Return the factor that is held in the world whose differences are certified."""
    return next(
        name for name, factor in world.network.raw["factors"].items() if factor["role"] == "driver"
    )


def _place(truth: Any, draws: Array, rng: np.random.Generator) -> NDArray[np.int64]:
    """Rank a truth among draws, first axis, ties at random; uniform from 0 to their number where all are alike."""
    below, equal = (draws < truth).sum(axis=0), (draws == truth).sum(axis=0)
    return np.asarray(below + rng.integers(0, equal + 1))


def _uniform(truth: Array, draws: Array, rng: np.random.Generator) -> Array:
    """Return the place of a truth among draws as a number that is uniform on (0, 1) where they are alike."""
    return np.asarray((_place(truth, draws, rng) + rng.random(truth.shape)) / (len(draws) + 1))


def _effective(draws: Array, chains: int) -> float:
    """Return the effective sample size of a mean; nan where nothing varies."""
    by_chain = np.asarray(draws, dtype=float).reshape(chains, -1)
    if np.ptp(by_chain) == 0:
        return float("nan")
    return float(array_stats.ess(by_chain, chain_axis=0, draw_axis=1, method="mean"))


def _last_looks(
    problem: simulator.Problem, values: Mapping[str, Any]
) -> dict[str, tuple[int, int]]:
    """Return month and value of the last look at each state."""
    looks: dict[str, tuple[int, int]] = {}
    for key, row in problem["rows"].items():
        name, month = row["indicator"], row["cells"][0][0]
        if problem["indicators"][name]["family"] == "state" and month >= looks.get(name, (-1,))[0]:
            looks[name] = (month, values[key])
    return looks


def one(name: str, seed: int, k: int, settings: Settings) -> Record:
    """Simulate world ``k`` of a seed, fit it, and say where its truth lies; nothing else enters.

    The truth's futures are the simulator's, the draws' the library's; they obey the same law, so ranks are uniform
    although finitely many futures make every probability inexact.
    """
    began = time.perf_counter()
    world = setting(name)
    problem, months = world.problem, world.problem["months"]
    rng = np.random.default_rng([seed, k])
    theta = simulator.draw_parameters(problem, rng)
    path = simulator.draw_path(problem, theta, rng)
    values = simulator.draw_evidence(problem, theta, path, rng)
    problem = {**problem, "last_look": _last_looks(problem, values)}
    # The same noise in a world in which the first driver is held high.
    twin, held = copy.deepcopy(rng), {_first_driver(world): HELD_AT}
    many = simulator.draw_futures(problem, theta, path, TRUE_FUTURES, rng)
    shown = {
        indicator: simulator.draw_indicator(problem, theta, many, indicator, rng)
        for indicator in problem["indicators"]
    }
    holds = simulator.judge(problem, many, shown)
    acted = simulator.draw_futures(problem, theta, path, TRUE_FUTURES, twin, held)
    shown_then = {
        indicator: simulator.draw_indicator(problem, theta, acted, indicator, twin)
        for indicator in problem["indicators"]
    }
    holds_then = simulator.judge(problem, acted, shown_then)
    future = {factor: many[factor][0] for factor in problem["factors"]}
    own_seed = int(rng.integers(2**31))

    posterior = wr.fit(
        world.model(values), draws=settings.draws, tune=settings.tune, chains=settings.chains,
        random_seed=own_seed, progressbar=False,
    )  # fmt: skip
    forecast = wr.forecast(posterior, random_seed=own_seed)
    other = of_settings(posterior, held, None, None, "future")
    found = probabilities(posterior, futures=settings.futures, random_seed=own_seed, worlds=[other])
    outlook = summarise(posterior, found, ci_prob=CI_PROB).summary
    answer = summarise(
        posterior, found, ci_prob=CI_PROB, world=1, supposing={"en": "If", "ar": "إذا"}
    ).summary
    each = forecast.sizes["sample"] // (settings.chains * settings.draws)
    order = [str(factor) for factor in forecast["factor"].values]
    level = {
        factor: forecast["level"].values[:, :, order.index(factor)] for factor in problem["factors"]
    }

    ahead_of_draws = {
        f"level[{factor}, horizon]": settings.thinned(level[factor][::each, -1]) for factor in level
    }
    ahead_of_truth: dict[str, Any] = {
        f"level[{factor}, horizon]": future[factor][-1] for factor in level
    }
    for indicator in problem["indicators"]:
        ahead_of_draws[f"value[{indicator}, horizon]"] = settings.thinned(
            forecast[indicator].values[::each, -1]
        )
        ahead_of_truth[f"value[{indicator}, horizon]"] = shown[indicator][0, -1]
    for c, condition in enumerate(found.names):
        ahead_of_draws[f"probability[{condition}]"] = settings.thinned(found.value[0, c])
        ahead_of_truth[f"probability[{condition}]"] = holds[condition][: settings.futures].mean()
    truth = _quantities(problem, theta, path, ahead_of_truth, values)
    drawn = _quantities(problem, *_drawn(problem, posterior, settings), ahead_of_draws, values)

    pit: dict[str, dict[str, list[float]]] = {}
    printed: dict[str, dict[str, list[bool]]] = {}

    def count(kind: str, label: str, true: Array, draws: Array) -> None:
        """Place true values, one a month, among draws, shape (draw, month)."""
        low, high = np.quantile(draws, [(1 - CI_PROB) / 2, (1 + CI_PROB) / 2], axis=0)
        pit.setdefault(kind, {})[label] = _uniform(true, draws, rng).tolist()
        printed.setdefault(kind, {})[label] = ((low <= true) & (true <= high)).tolist()

    for factor in problem["factors"]:
        count("level in the fit", factor, path[factor], level[factor][:, :months])
        count("level ahead", factor, future[factor][months:], level[factor][:, months:])
    for indicator in problem["indicators"]:
        count(
            "value ahead",
            indicator,
            shown[indicator][0, months:],
            forecast[indicator].values[:, months:],
        )
    pit["probability"], printed["probability"] = {}, {}
    for c, condition in enumerate(found.names):
        rough = np.atleast_1d(ahead_of_truth[f"probability[{condition}]"])
        pit["probability"][condition] = _uniform(rough, found.value[0, c][:, None], rng).tolist()
        low, high = outlook.loc[condition, ["lower", "upper"]]
        true, half = holds[condition].mean(), 0.5 / TRUE_FUTURES
        printed["probability"][condition] = [bool(low - half <= true <= high + half)]

    pit["difference"], printed["difference"] = {}, {}
    for c, condition in enumerate(found.names):
        low, high = answer.loc[condition, ["difference_lower", "difference_upper"]]
        if not np.isfinite(low):
            continue
        gaps = found.value[1, c] - found.value[0, c]
        change = holds_then[condition].astype(float) - holds[condition]
        rough, error = change[: settings.futures].mean(), change.std() / TRUE_FUTURES**0.5
        pit["difference"][condition] = _uniform(np.atleast_1d(rough), gaps[:, None], rng).tolist()
        # The truth is known to its own error; an interval that a standard error leads into it is not refuted.
        printed["difference"][condition] = [bool(low - error <= change.mean() <= high + error)]

    return {
        "ranks": {key: int(_place(truth[key], drawn[key], rng)) for key in truth},
        "ess": {key: _effective(drawn[key], settings.chains) for key in truth},
        "pit": pit,
        "printed": printed,
        "divergences": posterior.settings["diagnostics"]["divergences"],
        "seconds": time.perf_counter() - began,
    }
