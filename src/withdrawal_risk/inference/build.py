"""The one place where a PyMC graph is made."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from typing import Any, Final

import numpy as np
import pymc as pm
import pytensor.tensor as pt

from withdrawal_risk.dynamics.drift import split
from withdrawal_risk.dynamics.equation import PathInputs
from withdrawal_risk.dynamics.op import levels
from withdrawal_risk.elements.timeline import Month, MonthLike
from withdrawal_risk.families import FAR, Distribution, Family, values
from withdrawal_risk.families.state import NEVER
from withdrawal_risk.inference import state_graph as states
from withdrawal_risk.inference.alignment import (
    Block,
    align_evidence,
    check_as_of,
    event_activity,
    event_age,
    evidence_months,
    fit_window,
    policy_paths,
)
from withdrawal_risk.inference.drift import PartlyKnown
from withdrawal_risk.inference.parameters import Frame, build_frame
from withdrawal_risk.inference.problem import sampled_priors
from withdrawal_risk.inference.states import look_table
from withdrawal_risk.model.library import Model, checked_model

__all__ = ["CELL_FIELDS", "ROW_FIELDS", "build", "build_graph", "data_arrays", "declare"]

ROW_FIELDS: Final = ("indicator", "value", "se", "grade", "seen")
"""Columns of the evidence table. One table rather than an array a column: compile time grows with
their number."""

CELL_FIELDS: Final = ("row", "month", "share")
"""Columns of the table of months that evidence rows speak of; ``row`` counts over all families."""


class _TensorOps:
    """PyTensor under the names the families use."""

    exp, log, log1p, where, gammaln = pt.exp, pt.log, pt.log1p, pt.switch, pt.gammaln
    minimum, maximum = pt.minimum, pt.maximum

    @staticmethod
    def log_ndtr(x: Any) -> Any:
        """Log of the standard normal distribution function, stable in the lower tail."""
        lower = (
            pt.log(pt.erfcx(-pt.minimum(x, 0.0) / math.sqrt(2.0)) / 2.0)
            - pt.minimum(x, 0.0) ** 2 / 2
        )
        # In the upper half the probability is near 1, and log1p of its complement is exact.
        upper = pt.log1p(-pt.erfc(pt.maximum(x, 0.0) / math.sqrt(2.0)) / 2.0)
        return pt.switch(x < 0, lower, upper)


def data_arrays(
    model: Model, frame: Frame, as_of: Month
) -> dict[str, tuple[np.ndarray, tuple[str, ...]]]:
    """Return every array of the graph that depends on evidence, events, policies or ``as_of``."""
    # Everything that depends on the date is data, so one graph serves all dates.
    clamped, given = policy_paths(model, frame.structure.factors, frame.window, as_of)
    arrays: dict[str, tuple[np.ndarray, tuple[str, ...]]] = {
        "clamped": (clamped, ("month", "factor")),
        "given": (given, ("month", "factor")),
    }
    blocks = align_evidence(frame, model.evidence, as_of)
    if frame.indicators:
        arrays["evidence_months"] = (evidence_months(frame, blocks), ("indicator", "month"))
    if frame.effects:
        activity = event_activity(model, frame.effects, frame.window, as_of)
        arrays["event_active"] = (activity, ("month", "effect"))
        if frame.drift.lasts:
            age = event_age(model, frame.effects, frame.window)
            arrays["event_age"] = (age, ("month", "effect"))
    if blocks:
        rows = [np.stack([getattr(block, name) for name in ROW_FIELDS], axis=1) for block in blocks]
        cells = [
            np.stack([getattr(block, f"cell_{name}") for name in CELL_FIELDS], axis=1)
            for block in blocks
        ]
        for block_cells, before in zip(cells, np.cumsum([0, *map(len, rows[:-1])]), strict=True):
            # Rows of all families are numbered one after the other.
            block_cells[:, CELL_FIELDS.index("row")] += before
        arrays["evidence_row"] = (
            np.concatenate(rows).astype(np.float64),
            ("evidence", "evidence_field"),
        )
        if len(frame.lasting):
            names, indicators = frame.coords["state_indicator"], frame.coords["indicator"]
            block = next((block for block in blocks if block.family.has_memory), None)
            looks = look_table(names, block, indicators, len(frame.window))
            arrays["state_look"] = (looks, ("state_indicator", "month"))
        arrays["evidence_cell"] = (np.concatenate(cells).astype(np.float64), ("cell", "cell_field"))
    return arrays


def declare(frame: Frame, *, anchored: bool = True) -> dict[str, Any]:
    """Declare the unknowns as variables of the PyMC model in context, and return them by name.

    Parameters
    ----------
    frame : Frame
    anchored : bool
        Whether anchors are left to `build_graph`, which gives them the density of references.
        Without it they have that of a reference at level 0.
    """
    # In the order of the sampled vector, which the compiled density reads.
    rv = {p.name: p.variable(pm) for p in sampled_priors(frame) if p.name != "reference"}
    if not anchored and "reference" in frame.priors:
        prior = frame.priors["reference"]
        rv["anchor"] = pm.Normal("anchor", mu=prior.mu, sigma=prior.sigma, dims="indicator")
    return rv


def _reference(frame: Frame, rv: dict[str, Any], share_of_month: Any, level: Any) -> Any:
    """Return the expected linear predictor of each indicator at level 0.

    What is sampled is the anchor, the average predictor over the months that evidence speaks of;
    `vector.anchor_shift` says why.
    """
    prior = frame.priors["reference"]
    shift = (
        frame.polarity * rv["loading"] * (share_of_month * level[:, frame.measured].T).sum(axis=1)
    )
    anchor = pm.Normal("anchor", mu=prior.mu + shift, sigma=prior.sigma, dims="indicator")
    return pm.Deterministic("reference", anchor - shift, dims="indicator")


def _start(frame: Frame, innovation: Any) -> Any:
    """Return the start levels; those elicited on their own need no row of the root."""
    # The diagonal alone where the start is elicited; a dense product for the others.
    diagonal = np.diag(frame.start_root)
    rest = frame.start_root - np.diag(diagonal)
    joint = np.flatnonzero(rest.any(axis=0) | rest.any(axis=1))
    start = frame.start_mean + diagonal * innovation
    if not joint.size:
        return start
    return pt.inc_subtensor(start[joint], pt.dot(rest[np.ix_(joint, joint)], innovation[joint]))


def _observe(
    frame: Frame, blocks: Sequence[Block], data: dict[str, Any], rv: dict[str, Any], level: Any
) -> None:
    """Add the evidence.

    What families share is computed once for all rows, because compile time grows with the
    operations.
    """
    rows, cells = data["evidence_row"], data["evidence_cell"]
    indicator, value, se, grade, seen = (rows[:, place] for place in range(len(ROW_FIELDS)))
    cell_row, cell_month, share = (cells[:, place] for place in range(len(CELL_FIELDS)))
    # Positions are integers again.
    indicator, cell_row, cell_month = (
        column.astype("int64") for column in (indicator, cell_row, cell_month)
    )
    k = indicator[cell_row]
    slope = pt.constant(frame.polarity) * rv["loading"]
    eta = rv["reference"][k] + slope[k] * level[cell_month, pt.constant(frame.measured)[k]]
    own_rows, own_cells = (
        _stretches([len(b.ids) for b in blocks]),
        _stretches([len(b.cell_row) for b in blocks]),
    )
    natural = []
    for block, block_cells in zip(blocks, own_cells, strict=True):
        if block.family.has_memory:
            place = pt.constant(np.searchsorted(frame.lasting, np.arange(len(frame.indicators))))
            chains = states.probabilities(frame, rv, data["state_look"], level)
            natural.append(chains[cell_month[block_cells], place[k[block_cells]]])
        else:
            natural.append(block.family.inverse_link(eta[block_cells], _TensorOps))
    means = _by_row(cell_row, share * pt.concatenate(natural), rows)
    own_error = _by_indicator(frame, rv["error"])[indicator] * grade if "error" in rv else grade
    for block, block_rows, block_cells, expected in zip(
        blocks, own_rows, own_cells, natural, strict=True
    ):
        mean, error = means[block_rows], grade[block_rows]
        if block.family.has_memory:
            own_share, own_row = share[block_cells], cell_row[block_cells]
            _answers(
                block.family,
                [
                    _by_row(own_row, own_share * states.log_chance(expected, answer), rows)[
                        block_rows
                    ]
                    for answer in (True, False)
                ],
                seen[block_rows],
                value[block_rows],
            )
            continue
        if block.family.has_error:
            error = own_error[block_rows]
            if block.family.totals:
                # A sum of months with independent extra noise is relatively less noisy than one
                # month.
                square = _by_row(cell_row[block_cells], share[block_cells] * expected**2, rows)
                shrunk = error * pt.sqrt(square[block_rows]) / mean
                shrinks = pt.constant(frame.shrinking)[indicator[block_rows]]
                error = pt.switch(shrinks, shrunk, error)
            error = pt.sqrt(error**2 + se[block_rows] ** 2)
        parameters = {"mean": mean, "error": error, "seen": seen[block_rows]}
        if block.family.has_categories:
            bounds = _category_bounds(frame, rv, indicator[block_rows])
            parameters |= {f"bound_{n}": bound for n, bound in enumerate(bounds)}
        if frame.tailed[block.indicator].any():
            parameters["tail"] = pt.constant(frame.tailed)[indicator[block_rows]]
        if np.isin(block.indicator, frame.stopping).any():
            at = level[cell_month, pt.constant(frame.measured)[k]][block_cells]
            log_nought = _log_nought(frame, rv, k[block_cells], at)
            # All months of a row show nought, or it is none.
            of_rows = _by_row(cell_row[block_cells], log_nought, rows)[block_rows]
            parameters["nought"] = pt.exp(of_rows)
        _likelihood(block.family, parameters, value[block_rows])


def _stretches(lengths: Sequence[int]) -> list[slice]:
    """Return where consecutive stretches of these lengths lie."""
    ends = np.cumsum([0, *lengths]).tolist()
    return [slice(begin, end) for begin, end in itertools.pairwise(ends)]


def _by_row(cell_row: Any, values: Any, rows: Any) -> Any:
    """Sum the cells of every row."""
    return pt.inc_subtensor(pt.zeros(rows.shape[0])[cell_row], values)


def _by_indicator(frame: Frame, error: Any) -> Any:
    return pt.set_subtensor(pt.ones(len(frame.indicators))[frame.noisy], error)


def _log_nought(frame: Frame, rv: dict[str, Any], indicator: Any, level: Any) -> Any:
    """Return the log probability of nought in each cell; far below 0 where a flow never stops."""
    odds = pt.set_subtensor(
        pt.constant(np.full(len(frame.indicators), NEVER))[frame.stopping],
        pt.log(rv["nought"]) - pt.log1p(-rv["nought"]),
    )
    slope = pt.set_subtensor(
        pt.zeros(len(frame.indicators))[frame.stopping],
        pt.constant(-frame.polarity[frame.stopping]) * rv["nought_loading"],
    )
    return -pt.log1p(pt.exp(-odds[indicator] - slope[indicator] * level))


def _likelihood(family: Family[Any], parameters: dict[str, Any], value: Any) -> None:
    """Add the observed rows of one family.

    The parameters are mean, error, seen, what `_category_bounds` returns for categories, and where
    there are such rows ``tail`` and ``nought`` as in `Distribution`.
    """
    names = list(parameters)

    def of_law(values: Sequence[Any]) -> tuple[Distribution, Any, list[Any]]:
        given = dict(zip(names, values, strict=True))
        bounds = [given[name] for name in names if name.startswith("bound_")]
        law = Distribution(
            given["mean"], given["error"], tail=given.get("tail"), nought=given.get("nought")
        )
        return law, given["seen"], bounds

    def logp(value: Any, *given: Any) -> Any:
        law, seen, bounds = of_law(given)
        if bounds:
            category, row = value.astype("int64"), pt.arange(value.shape[0])
            table = pt.stack(bounds, axis=1)
            law = law._replace(bounds=(table[row, category], table[row, category + 1]))
        density = values.log_density(family, value, law, _TensorOps)
        return pt.switch(seen > 0, density, 0.0)

    def random(*given: Any, rng: np.random.Generator, size: Any) -> Any:
        law, _, bounds = of_law(given)
        # Between the bounds at either end lie the cut points; those of longer scales are too far
        # for any draw.
        cuts = np.stack(bounds[1:-1], axis=-1) if bounds else None
        mean = np.broadcast_to(law.mean, size or law.mean.shape)
        law = law._replace(mean=mean, error=np.asarray(law.error), cuts=cuts)
        return values.draw(family, law, rng)

    pm.CustomDist(
        f"observed_{family.name}",
        *parameters.values(),
        logp=logp,
        random=random,
        observed=value,
        dims=f"evidence_{family.name}",
        dtype="float64",
    )


def _answers(family: Family[Any], log_chances: Sequence[Any], seen: Any, value: Any) -> None:
    """Add the observed rows of a family with memory, whose answers have these log probabilities."""

    def logp(value: Any, yes: Any, no: Any, seen: Any) -> Any:
        return pt.switch(seen > 0, pt.switch(value > 0.5, yes, no), 0.0)

    def random(yes: Any, no: Any, seen: Any, rng: np.random.Generator, size: Any) -> Any:
        chance = 1.0 / (1.0 + np.exp(np.asarray(no) - yes))
        return (rng.random(size or np.shape(chance)) < chance).astype(float)

    pm.CustomDist(
        f"observed_{family.name}",
        *log_chances,
        seen,
        logp=logp,
        random=random,
        observed=value,
        dims=f"evidence_{family.name}",
        dtype="float64",
    )


def _category_bounds(frame: Frame, rv: dict[str, Any], indicator: Any) -> list[Any]:
    """Return far below, the cut points and far above, each for every row.

    The first cut point of an indicator is 0. Indicators with fewer categories have what is far
    above more than once.
    """
    far = FAR
    cuts = [len(frame.categories(k)) - 1 for k in frame.categorical.tolist()]
    width = max(cuts) + 2
    # One stretch of bounds for each indicator: far below, its cuts, far above. A cut adds up the
    # gaps before it.
    table = np.tile(np.array([-far, 0.0] + [far] * (width - 2)), (len(cuts), 1))
    adds = np.zeros((len(cuts), width, sum(cuts) - len(cuts)))
    gaps = _stretches([count - 1 for count in cuts])
    for place, (count, own_gaps) in enumerate(zip(cuts, gaps, strict=True)):
        table[place, 2 : count + 1] = 0.0
        adds[place, 2 : count + 1, own_gaps] = np.tri(count - 1)
    bounds = pt.constant(table.ravel())
    if "category_gap_size" in rv:
        bounds = bounds + pt.dot(adds.reshape(table.size, -1), rv["category_gap_size"])
    position = np.zeros(len(frame.indicators), dtype=np.int64)
    position[frame.categorical] = np.arange(len(cuts))
    by_row = bounds.reshape((len(cuts), width))[pt.constant(position)[indicator]]
    return [by_row[:, column] for column in range(width)]


def build(model: Model, as_of: MonthLike | None = None) -> pm.Model:
    """Build the PyMC model.

    Parameters
    ----------
    model : Model
    as_of : str, Month or date, optional
        Last month whose published evidence may be used. Default: the file's own.

    Returns
    -------
    pymc.Model
        Plain, with dims ``factor``, ``latent``, ``month``, ``step``, ``edge``, ``indicator`` and
        one ``evidence_<family>`` for each family. Evidence, events, policies and ``as_of`` are
        `pymc.Data`.

    Raises
    ------
    WithdrawalRiskError
        If ``as_of`` is not a month between the model's start and its horizon.

    Examples
    --------
    >>> graph = wr.build(posterior.model)
    >>> "level" in graph.named_vars
    True
    """
    model = checked_model(model, "build")
    month = check_as_of(model, as_of)
    return build_graph(model, build_frame(model, fit_window(model, month)), month)


def build_graph(model: Model, frame: Frame, as_of: Month) -> pm.Model:
    """Build the PyMC model of a frame that is already laid out; see `build`."""
    arrays = data_arrays(model, frame, as_of)
    blocks = align_evidence(frame, model.evidence, as_of)
    with pm.Model(coords=_coords(frame, blocks)) as pymc_model:
        data = {name: pm.Data(name, value, dims=dims) for name, (value, dims) in arrays.items()}
        rv = declare(frame)
        level = pm.Deterministic("level", _levels(frame, data, rv), dims=("month", "factor"))
        if "reference" in frame.priors:
            rv["reference"] = _reference(frame, rv, data["evidence_months"], level)
        if blocks:
            _observe(frame, blocks, data, rv, level)
    return pymc_model


def _coords(frame: Frame, blocks: Sequence[Block]) -> dict[str, Any]:
    """Return the labels of every dimension of the graph."""
    # PyMC wants no dimension of length 0.
    coords: dict[str, Any] = {name: values for name, values in frame.coords.items() if values}
    coords |= {f"evidence_{block.family.name}": list(block.ids) for block in blocks}
    if blocks:
        coords |= {"evidence": [name for block in blocks for name in block.ids]}
        coords |= {"evidence_field": list(ROW_FIELDS), "cell_field": list(CELL_FIELDS)}
        coords |= {"cell": range(sum(len(block.cell_row) for block in blocks))}
    return coords


def _levels(frame: Frame, data: dict[str, Any], rv: dict[str, Any]) -> Any:
    """Return the levels of every factor and month; policies take part as clamped factors."""
    structure, inferred = frame.structure, frame.inferred_index
    n_all, months = len(structure.factors), len(frame.window)
    phi, own_scale, weight = _dynamics(frame, rv)
    start = _start(frame, rv["start_innovation"])
    parts = [rv[name] for name in ("innovation_smooth", "innovation_jump") if name in rv]
    # Smooth factors first, then those that jump: the order of the two arrays.
    order = np.concatenate([np.flatnonzero(~frame.jump), np.flatnonzero(frame.jump)])
    shocks = pt.concatenate(parts, axis=1) if len(parts) > 1 else parts[0]
    quiet = pt.zeros((months - 1, n_all))
    return levels(
        PathInputs(
            phi=phi,
            weight=weight,
            own_scale=own_scale,
            drive=_drive(frame, data, rv, phi, weight),
            start=pt.set_subtensor(pt.zeros(n_all)[inferred], start),
            innovation=pt.set_subtensor(quiet[:, inferred[order]], shocks),
            clamped=data["clamped"],
            given=data["given"],
            **structure.arrays._asdict(),
        )
    )


def _dynamics(frame: Frame, rv: dict[str, Any]) -> tuple[Any, Any, Any]:
    """Return persistence and scale of every node, and weight of every edge."""
    structure, latent, drift = frame.structure, frame.latent_index, frame.drift
    n_all = len(structure.factors)
    # Half of a change is left after one half-life. Policies have a persistence too, which the
    # clamps make irrelevant.
    persistence = pt.exp2(-1.0 / rv["half_life"])
    phi = pt.set_subtensor(pt.constant(np.full(n_all, 0.5))[latent], persistence)
    own_scale = pt.set_subtensor(pt.zeros(n_all)[latent], rv["own_scale"])
    # A network without edges has no weights.
    weight = np.zeros(0)
    if "weight_size" in rv:
        weight = pm.Deterministic("weight", frame.sign * rv["weight_size"], dims="edge")
    hidden, drifting = structure.hidden, structure.drifting
    if not hidden.size:
        return phi, own_scale, weight
    share = _filled(drift.share, rv, "drift_share")
    slow = pt.exp2(-1.0 / _filled(drift.half_life, rv, "drift_half_life"))
    fast, slow_weight = split(rv["own_scale"][drift.latent], share, phi[drifting], slow)
    phi = pt.set_subtensor(phi[hidden], slow)
    own_scale = pt.set_subtensor(pt.set_subtensor(own_scale[drifting], fast)[hidden], 1.0)
    weights = pt.set_subtensor(pt.zeros(len(structure.edges))[structure.named_edge], weight)
    return phi, own_scale, pt.set_subtensor(weights[structure.hidden_edge], slow_weight)


def _filled(numbers: PartlyKnown, rv: dict[str, Any], name: str) -> Any:
    """Return the numbers that the file gives and those that are inferred."""
    known = pt.constant(numbers.known)
    return pt.set_subtensor(known[numbers.inferred], rv[name]) if name in rv else known


def _drive(frame: Frame, data: dict[str, Any], rv: dict[str, Any], phi: Any, weight: Any) -> Any:
    """Return the baselines and the effects of events, shape (month, factor)."""
    factors = frame.structure.factors
    drive = pt.zeros((len(frame.window), len(factors)))
    if "baseline" in rv:
        drive = pt.inc_subtensor(drive[:, frame.latent_index[frame.baseline]], rv["baseline"])
    if frame.effects:
        # A matrix that adds every effect to the drive of its factor.
        into = np.zeros((len(frame.effects), len(factors)))
        places = [factors.index(factor) for _, factor in frame.effects]
        into[np.arange(len(frame.effects)), places] = 1.0
        effect = data["event_active"] * rv["event_effect"]
        if not frame.drift.lasts:
            return drive + pt.dot(effect, into)
        part = _filled(frame.drift.lasting, rv, "event_lasting")
        drive = drive + pt.dot((1.0 - part) * effect, into)
        drive = drive + _lasting_push(frame, places, data, phi, weight, part * effect)
    return drive


def _lasting_push(
    frame: Frame, places: Sequence[int], data: dict[str, Any], phi: Any, weight: Any, effect: Any
) -> Any:
    """Return what events add to the drive of hidden parents, shape (month, factor)."""
    structure, of_effect = frame.structure, frame.drift.of_effect
    lasting = np.flatnonzero(of_effect >= 0)
    hidden = structure.hidden[of_effect[lasting]]
    child = phi[np.array(places)[lasting]]
    # What the factor moves in each month of the event, as a push of its hidden parent.
    moved = (1.0 - child) * child ** data["event_age"][:, lasting] * effect[:, lasting]
    scale = weight[structure.hidden_edge[of_effect[lasting]]] * (1.0 - phi[hidden])
    into = np.zeros((len(lasting), len(structure.factors)))
    into[np.arange(len(lasting)), hidden] = 1.0
    return pt.dot(moved / scale, into)
