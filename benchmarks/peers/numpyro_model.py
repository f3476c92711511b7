"""The same model in NumPyro on JAX, in double precision on the CPU."""

from __future__ import annotations

import functools
import os
import time
from typing import Any

# Chains run on devices of their own; the number is fixed when JAX starts.
os.environ["XLA_FLAGS"] = (
    f"{os.environ.get('XLA_FLAGS', '')} --xla_force_host_platform_device_count=4"
)

import jax
import jax.numpy as jnp
import numpy as np
import numpyro
import numpyro.distributions as dist
from jax.scipy.special import gammaln, log_ndtr
from numpyro.infer import MCMC, NUTS
from numpyro.infer.util import potential_energy

from benchmarks.problem import Arrays, Floats, Problem
from withdrawal_risk.families import Distribution
from withdrawal_risk.families.registry import COMPILED_FAMILIES as FAMILIES
from withdrawal_risk.inference.priors import _NU, _UNIT_SCALE

__all__ = ["prepare"]

jax.config.update("jax_enable_x64", True)

_MOST_DENSE = 30
"""Up to so many factors a month is a product of dense matrices, above it gathers and sums over edges."""


class _Ops:
    """JAX under the names the families use."""

    exp, log, log1p, where = jnp.exp, jnp.log, jnp.log1p, jnp.where
    minimum, maximum = jnp.minimum, jnp.maximum
    gammaln, log_ndtr = staticmethod(gammaln), staticmethod(log_ndtr)


def _generations(a: Arrays, child: Any) -> list[Any]:
    """Group the lag-0 edges by how many of them lead up to their child."""
    depth = np.zeros(len(a.shock_at), dtype=int)
    instant = np.flatnonzero(a.edge_lag == 0)
    for e in instant:
        depth[child[e]] = max(depth[child[e]], depth[a.edge_parent[e]] + 1)
    return [instant[depth[child[instant]] == d] for d in range(1, depth.max() + 1)]


def _levels(
    a: Arrays, phi: Any, weight: Any, spread: Any, drive: Any, start: Any, shocks: Any
) -> Any:
    n = a.given.shape[1]
    fixed, child = a.clamped[0], np.repeat(np.arange(n), np.diff(a.edge_start))
    reach = max(int(a.edge_lag.max(initial=1)), 1)
    first = jnp.where(fixed, a.given[0], start)
    inflow = jnp.where(fixed, 0.0, 1.0 - phi)
    lagged = a.edge_lag > 0
    if n <= _MOST_DENSE:
        act = inflow[child] * weight
        now = jnp.zeros((n, n)).at[child[~lagged], a.edge_parent[~lagged]].add(act[~lagged])
        place = (a.edge_lag[lagged] - 1) * n + a.edge_parent[lagged]
        past = jnp.zeros((n, reach * n)).at[child[lagged], place].add(act[lagged])
        past = past.at[jnp.arange(n), jnp.arange(n)].add(jnp.where(fixed, 0.0, phi))
        solve = jax.scipy.linalg.solve_triangular(
            jnp.eye(n) - now, jnp.eye(n), lower=True, unit_diagonal=True
        )
        transition = solve @ past
        pushes = (jnp.where(fixed, a.given, inflow * drive)[1:] + spread * shocks) @ solve.T

        def month(before: Any, push: Any) -> Any:
            level = transition @ before + push
            return jnp.concatenate([level, before[:-n]]), level

        _, path = jax.lax.scan(month, jnp.tile(first, reach), pushes)
    else:
        groups = _generations(a, child)
        pushes = jnp.where(fixed, a.given, inflow * drive)[1:] + spread * shocks

        def month(before: Any, push: Any) -> Any:
            flow = weight[lagged] * before[a.edge_lag[lagged] - 1, a.edge_parent[lagged]]
            pull = jax.ops.segment_sum(flow, child[lagged], n, indices_are_sorted=True)
            level = jnp.where(fixed, 0.0, phi) * before[0] + inflow * pull + push
            for edges in groups:
                level = level.at[child[edges]].add(
                    (inflow[child] * weight)[edges] * level[a.edge_parent[edges]]
                )
            return jnp.concatenate([level[None], before[:-1]]), level

        _, path = jax.lax.scan(month, jnp.tile(first, (reach, 1)), pushes)
    return jnp.concatenate([first[None], path])


def _model(problem: Problem) -> None:
    a, frame = problem.arrays, problem.frame
    months, n = a.given.shape
    value: dict[str, Any] = {}
    for name, prior in frame.priors.items():
        if name == "reference":
            continue
        kind = {"normal": dist.Normal, "lognormal": dist.LogNormal}.get(prior.kind)
        made = kind(prior.mu, prior.sigma) if kind else dist.StudentT(_NU, 0.0, _UNIT_SCALE)
        made = made if kind else made.expand(prior.mu.shape)
        value[name] = numpyro.sample(name, made.to_event(prior.mu.ndim))
    latent = a.latent
    phi = jnp.full(n, 0.5).at[latent].set(2.0 ** (-1.0 / value["half_life"]))
    spread = jnp.zeros(n).at[latent].set(value["own_scale"]) * jnp.sqrt(1 - phi**2)
    drive = jnp.zeros((months, n))
    if "baseline" in value:
        drive = drive.at[:, a.baseline].add(value["baseline"])
    if "event_effect" in value:
        drive = drive.at[:, a.effect_factor].add(a.effect_active * value["event_effect"])
    start = jnp.zeros(n).at[latent].set(a.start_mean + a.start_root @ value["start_innovation"])
    shocks = jnp.zeros((months - 1, n))
    for group, chosen in (("smooth", latent[~frame.jump]), ("jump", latent[frame.jump])):
        if chosen.size:
            shocks = shocks.at[:, chosen].set(value[f"innovation_{group}"])
    weight = a.sign * value["weight_size"] if "weight_size" in value else jnp.zeros(0)
    level = _levels(a, phi, weight, spread, drive, start, shocks)

    slope = a.polarity * value["loading"]
    spoken = np.repeat(np.arange(a.measured.size), np.diff(a.spoken_start))
    anchored = a.spoken_share * level[a.spoken_month, a.measured[spoken]]
    shift = slope * jax.ops.segment_sum(anchored, spoken, a.measured.size, indices_are_sorted=True)
    prior = frame.priors["reference"]
    reference = (
        numpyro.sample("reference", dist.Normal(prior.mu + shift, prior.sigma).to_event(1)) - shift
    )
    for number, family in enumerate(FAMILIES):
        rows = np.flatnonzero(a.row_family == number)
        if not rows.size:
            continue
        cells = slice(a.cell_start[rows[0]], a.cell_start[rows[-1] + 1])
        row = np.repeat(np.arange(rows.size), np.diff(a.cell_start)[rows])
        k = a.row_indicator[rows]
        predictor = (
            reference[k[row]] + slope[k[row]] * level[a.cell_month[cells], a.measured[k[row]]]
        )
        natural = FAMILIES[family].inverse_link(predictor, _Ops)
        added = functools.partial(jax.ops.segment_sum, segment_ids=row, num_segments=rows.size)
        mean = added(a.cell_share[cells] * natural)
        error: Any = a.row_grade[rows]
        if FAMILIES[family].has_error:
            error = value["error"][a.error_of[k]] * error
            if FAMILIES[family].totals:
                error = error * jnp.sqrt(added(a.cell_share[cells] * natural**2)) / mean
            error = jnp.sqrt(error**2 + a.row_se[rows] ** 2)
        bounds = (
            _bounds(a, value, k, a.row_value[rows].astype(int))
            if FAMILIES[family].has_categories
            else None
        )
        density = FAMILIES[family].log_density(
            a.row_value[rows], Distribution(mean, error, bounds=bounds), _Ops
        )
        numpyro.factor(f"observed_{family}", density.sum())


def _bounds(a: Arrays, value: dict[str, Any], k: Any, grade: Any) -> tuple[Any, Any]:
    """Return the cut points around each row's grade: sums of the gaps below them."""
    gaps = value.get("category_gap_size", jnp.zeros(0))
    sums = jnp.concatenate([jnp.zeros(1), jnp.cumsum(gaps)])
    first, cuts = a.gap_start[k], np.diff(a.gap_start)[k] + 1

    def cut(g: Any) -> Any:
        inside = sums[first + np.clip(g, 0, cuts - 1)] - sums[first]
        return jnp.where(g < 0, -40.0, jnp.where(g >= cuts, 40.0, inside))

    return cut(grade - 1), cut(grade)


class _NumPyro:
    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.compiled_while_sampling = 0.0

        def log_density(point: Any) -> Any:
            return -potential_energy(_model, (problem,), {}, problem.by_name(point))

        both = jax.value_and_grad(log_density)
        self.function = jax.jit(both)
        self.repeat = jax.jit(lambda points: jax.lax.map(both, points))
        jax.block_until_ready(self.function(problem.arrays.prior_mean))
        jax.monitoring.register_event_duration_secs_listener(self._compiled)

    def evaluate(self, point: Floats) -> tuple[float, Floats]:
        value, gradient = self.function(point)
        return float(value), np.asarray(gradient)

    def seconds(self, points: Floats) -> float:
        jax.block_until_ready(self.repeat(points))
        begin = time.perf_counter()
        jax.block_until_ready(self.repeat(points))
        return (time.perf_counter() - begin) / len(points)

    def _compiled(self, event: str, seconds: float, **kwargs: Any) -> None:
        if event.startswith("/jax/core/compile/"):
            self.compiled_while_sampling += seconds

    def sample(
        self, *, draws: int, tune: int, chains: int, target_accept: float, random_seed: int
    ) -> Floats:
        sampler = MCMC(
            NUTS(_model, target_accept_prob=target_accept), num_warmup=tune, num_samples=draws, num_chains=chains,
            chain_method="parallel", progress_bar=False,
        )  # fmt: skip
        starts = [self.problem.by_name(point) for point in self.problem.points(chains, random_seed)]
        joined = {name: np.stack([start[name] for start in starts]) for name in starts[0]}
        sampler.run(jax.random.PRNGKey(random_seed), self.problem, init_params=joined)
        drawn = sampler.get_samples(group_by_chain=True)
        jax.block_until_ready(drawn)
        return np.concatenate(
            [np.asarray(drawn[name]).reshape(chains, draws, -1) for name, _ in self.problem.names],
            axis=2,
        )


def prepare(problem: Problem) -> _NumPyro:
    """Compile the gradient."""
    return _NumPyro(problem)
