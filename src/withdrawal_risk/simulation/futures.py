"""Futures of every draw, in the baseline and in other worlds."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from typing import Final

import numpy as np
from numpy.typing import NDArray

from withdrawal_risk.cores import spread
from withdrawal_risk.dynamics.kernel import simulate_futures, simulate_past
from withdrawal_risk.elements.timeline import Window
from withdrawal_risk.errors import ArgumentError
from withdrawal_risk.families.values import realise
from withdrawal_risk.inference.measurement import Measurement
from withdrawal_risk.inference.posterior import Posterior
from withdrawal_risk.inference.states import transitions
from withdrawal_risk.simulation.learnt import Learnt
from withdrawal_risk.simulation.parts import Part, parts
from withdrawal_risk.simulation.states import replayed
from withdrawal_risk.simulation.worlds import Span, World, horizon_window

__all__ = ["Futures", "futures_of_part", "simulate", "simulate_common"]

Array = NDArray[np.float64]

_FEW: Final = 0.4
"""Share of the futures below which it takes less time to pick out those that are asked for."""

_SAME: Final = 1e-9
"""Levels that differ by less are the same but for rounding."""


_FARTHEST: Final = 50.0
"""Edges that are scaled up may carry levels anywhere. So many long-run standard deviations away
nothing means anything, and a little farther what indicators show overflows."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Futures:
    """Levels of some draws, in one world, from the start of the fit to the horizon.

    Parameters
    ----------
    window : Window
        From the first stored month to the horizon.
    part : Part
        The draws.
    past : ndarray, shape (draw, past month, factor)
    wanted : tuple of int
        Factors whose futures are held.
    future : ndarray, shape (wanted factor, draw, future month, future)
    moved : tuple of int
        Factors to whose levels `offset` is added; no others may then be asked for.
    offset : ndarray, shape (moved factor, draw, month), optional
        Added in every month of the window: the response to a change that is the same in every
        future.
    learnt : Learnt, optional
        What indicators are supposed to show in this world.
    """

    window: Window
    part: Part
    past: Array
    wanted: tuple[int, ...]
    future: Array
    moved: tuple[int, ...] = ()
    offset: Array | None = None
    learnt: Learnt | None = None

    @property
    def shape(self) -> tuple[int, int]:
        """Draws and futures."""
        return self.future.shape[1], self.future.shape[3]

    def level(self, factor: int, first: int, last: int) -> Array:
        """Return a factor's level over months ``first..last``, shape (draw, month, future)."""
        # The months may lie in the past, in the future or in both. `past` holds every factor and
        # has no axis of futures; `future` holds the wanted factors.
        before, place = self.past.shape[1], self.wanted.index(factor)
        ahead = self.future[place][:, max(first - before, 0) : max(last + 1 - before, 0)]
        if first < before:
            past = self.past[:, first : min(before, last + 1), factor, None]
            same = np.broadcast_to(past, (*past.shape[:2], ahead.shape[2]))
            ahead = np.concatenate([same, ahead], axis=1)
        if self.offset is None:
            return ahead
        return ahead + self.offset[self.moved.index(factor), :, first : last + 1, None]

    def _value_of_few(
        self, indicator: int, first: int, last: int, where: NDArray[np.bool_]
    ) -> Array:
        """Return what `value` does before what is published; not a number in other futures."""
        draw, future = np.nonzero(where)
        # Each of the futures is a draw of its own here, with values of shape (future, month).
        measurement = self.part.measurement(indicator).of_draws(draw)
        level = self.level(measurement.factor, first, last)[draw, :, future]
        error = self.part.errors(indicator, first, last)[draw]
        noise = tuple(one[draw, :, future] for one in self.part.noise(indicator, first, last))
        value = np.full((len(where), last + 1 - first, where.shape[1]), np.nan)
        law = measurement.distribution(level, error)
        value[draw, :, future] = realise(measurement.family, law, noise)
        return value

    def _stretches(self, measurement: Measurement, last: int) -> list[Array]:
        """Return the levels that an indicator shows, up to a month: of the past, then ahead.

        The past is the same in all futures, and has an axis of length 1.
        """
        before = self.past.shape[1]
        end = min(before, last + 1)
        past = self.past[:, :end, measurement.factor, None]
        if self.offset is not None:
            past = past + self.offset[self.moved.index(measurement.factor), :, :end, None]
        ahead = [self.level(measurement.factor, before, last)] if last >= before else []
        return [past, *ahead]

    def changed(self, factors: Sequence[int], response: Array) -> Futures:
        """Return these futures with a response added; only its factors may be asked for.

        Parameters
        ----------
        factors : sequence of int
            Their positions.
        response : ndarray, shape (factor, draw, month)
            As `of_factors` returns it.
        """
        return replace(self, moved=tuple(factors), offset=response)

    def value(
        self, indicator: int, first: int, last: int, where: NDArray[np.bool_] | None = None
    ) -> Array:
        """Return what an indicator would show in months ``first..last``.

        A published value stands wherever the world leaves its factor's level in that month as it
        was.

        Parameters
        ----------
        indicator : int
            Its position.
        first, last : int
            Months of the window.
        where : ndarray of bool, shape (draw, future), optional
            Other futures may show anything.

        Returns
        -------
        ndarray, shape (draw, month, future)
        """
        measurement = self.part.measurement(indicator)
        if measurement.family.has_memory:
            # A month depends on those before, from the first one on. What was seen comes about
            # by itself where nothing before it is different.
            rates = [
                transitions(measurement, level) for level in self._stretches(measurement, last)
            ]
            return replayed(self.part.luck(indicator), rates, first)
        if where is not None and where.mean() < _FEW:
            value = self._value_of_few(indicator, first, last, where)
        else:
            level = self.level(measurement.factor, first, last)
            error = self.part.errors(indicator, first, last)[:, :, None]
            # Worlds share the noise, so values differ between them only where levels do.
            value = realise(
                measurement.family,
                measurement.distribution(level, error),
                self.part.noise(indicator, first, last),
                None if where is None else where[:, None],
            )
        # Noise drawn given a published value reproduces it up to rounding; this makes it exact.
        for t in self.part.published.get(indicator, {}):
            if first <= t <= last:
                same = self.as_it_was(measurement.factor, t, t)
                shown = self.part.published_value(indicator, t)
                value[:, t - first] = np.where(same, shown, value[:, t - first])
        # What is learnt comes last: in this world it holds whatever was published before.
        learnt = {} if self.learnt is None else self.learnt.values.get(indicator, {})
        for t, number in learnt.items():
            if first <= t <= last:
                value[:, t - first] = number
        return value

    def as_it_was(self, factor: int, first: int, last: int) -> NDArray[np.bool_]:
        """Say where this world leaves past levels alone, shape (draw, future)."""
        # The draw's own past from the part, because `self.past` is that of this world.
        before = self.part.past[:, first : last + 1, factor, None]
        change = np.abs(self.level(factor, first, last) - before)
        return np.asarray((change < _SAME).all(axis=1))


def simulate[Answer](
    posterior: Posterior,
    work: Callable[[Iterator[Futures]], Answer],
    *,
    group: str = "posterior",
    futures: int = 64,
    random_seed: int = 1,
    worlds: Sequence[World] = (),
    factors: Sequence[int] | None = None,
    draws: int | None = None,
    stream: str = "future",
) -> Iterator[Answer]:
    """Continue every draw to the horizon, in the baseline and in other worlds.

    Every core works on some draws at a time.

    Parameters
    ----------
    posterior : Posterior
    work : callable
        Given the futures of consecutive draws in the baseline, then in each of `worlds`, as they
        are simulated; ``list`` holds them all.
    group : {"posterior", "prior"}
    futures : int
        For each draw.
    random_seed : int
        A factor's random numbers depend on this seed, its name and the draw, and on nothing
        else: not on the world.
    worlds : sequence of World
    factors : sequence of int, optional
        Positions of the factors whose futures are needed. Default: all.
    draws, stream
        As in `parts`.

    Yields
    ------
    Answer
        What `work` returns, in the order of the draws; together all of the group's.
    """
    needed = range(len(posterior.frame.structure.factors)) if factors is None else factors

    def run(part: Part) -> Answer:
        return work(futures_of_part(posterior, part, worlds, needed))

    return spread(
        parts(
            posterior,
            group=group,
            futures=futures,
            random_seed=random_seed,
            draws=draws,
            stream=stream,
        ),
        run,
    )


def simulate_common[Answer](
    posterior: Posterior,
    work: Callable[[Iterator[Futures]], Answer],
    *,
    common: Sequence[int],
    futures: int,
    random_seed: int,
    factors: Sequence[int],
    draws: int | None = None,
) -> Iterator[Answer]:
    """Continue every draw to the horizon, its first months being the same in all its futures.

    Parameters
    ----------
    posterior, futures, random_seed, factors, draws
        As in `simulate`.
    work : callable
        Given futures for each of `common`, as they are simulated. They have the same noise, so that
        their first future is the same as far as it is common to all.
    common : sequence of int
        So many months.
    """

    def run(part: Part) -> Answer:
        return work(
            next(futures_of_part(posterior, part.with_common(months), (), factors))
            for months in common
        )

    asked = parts(posterior, futures=futures, random_seed=random_seed, draws=draws, store=False)
    return spread(asked, run)


def futures_of_part(
    posterior: Posterior, part: Part, worlds: Sequence[World], factors: Iterable[int]
) -> Iterator[Futures]:
    """Return the futures of some draws in the baseline, then in other worlds, one after another.

    Parameters
    ----------
    posterior : Posterior
    part : Part
        The draws, with the noise of their futures.
    worlds : sequence of World
    factors : iterable of int
        Positions of the factors whose futures are needed.
    """
    wanted = tuple(sorted({int(j) for j in factors}))
    # A lone shift starts from the baseline, which must therefore hold the shifted factors, too.
    moved = {span.factor for world in worlds for span in world.moves}
    asked = tuple(sorted({*wanted, *moved}))
    # An earlier baseline serves again if it holds every factor that is asked for, or more.
    held, future = part.memo.get("baseline", ((), None))
    if future is None or not set(asked) <= set(held):
        # Only the latest is stored, because it is large.
        held, future = part.memo["baseline"] = asked, _baseline(posterior, part, asked)
    baseline = Futures(
        window=horizon_window(posterior),
        part=part,
        past=part.past,
        wanted=held,
        future=future,
    )
    others = (_OtherWorld(posterior, baseline, world).futures(wanted) for world in worlds)
    return chain([baseline], others)


def _continue(
    posterior: Posterior,
    part: Part,
    wanted: tuple[int, ...],
    past: Array,
    clamped: Array,
    given: Array,
    push: Array,
    edge_scale: Array,
    targets: Mapping[int, Array] | None = None,
) -> Array:
    """Continue a past into futures, shape (wanted factor, draw, future month, future)."""
    # Months that no lag reaches back to are not read again.
    # One month always stays, because a level depends on itself a month before.
    structure = posterior.frame.structure
    first = max(past.shape[1] - max(structure.longest_lag, 1), 0)
    # What acts on none of the wanted factors is held, which takes less time than simulating it.
    clamped = np.logical_or(clamped[first:], ~structure.acting_on(wanted))
    # `drive` and `clamped` begin with the past months that are kept, `innovation` and `given` with
    # the first future month.
    inputs = part.inputs._replace(
        drive=part.inputs.drive[:, first:] + push[first:],
        innovation=part.innovation,
        clamped=clamped,
        given=given,
        edge_scale=edge_scale[first:],
    )
    future: Array = simulate_futures(
        np.ascontiguousarray(past[:, first:]),
        inputs,
        np.array(wanted, dtype=np.int64),
        *((np.array(list(targets)), np.stack(list(targets.values()))) if targets else ()),
    )
    return future


def _baseline(posterior: Posterior, part: Part, wanted: tuple[int, ...]) -> Array:
    inputs, before = part.inputs, part.past.shape[1]
    # Policies are the same everywhere: an axis of length 1 stands for all draws.
    given = inputs.given[None, before:]
    quiet = np.zeros(inputs.clamped.shape)
    return _continue(
        posterior, part, wanted, part.past, inputs.clamped, given, quiet, inputs.edge_scale
    )


def _check_near(*levels: Array) -> None:
    """Refuse levels that scaled edges have carried where nothing means anything."""
    # Written so that nan is refused too.
    if not all((np.abs(level) <= _FARTHEST).all() for level in levels):
        raise ArgumentError(
            f"with edges scaled like this some levels move beyond {_FARTHEST:g} long-run standard "
            "deviations; scale fewer edges, by less, or over fewer months"
        )


class _OtherWorld:
    """Runs another world on the innovations of the baseline, past and future.

    Levels, policies, pushes and scaled edges come first. Then each shift and ramp is made, causes
    before effects, from where its factor is in the world so far: in the same draw and future, so
    that a lone shift of 1 is exactly 1, and one below a parent that is set adds to what that does.
    """

    def __init__(self, posterior: Posterior, baseline: Futures, world: World) -> None:
        self.posterior, self.baseline, self.world = posterior, baseline, world
        inputs, self.before = baseline.part.inputs, baseline.past.shape[1]
        # A new array, which shifts write to. Policies stay clamped where the world sets nothing.
        self.clamped = np.logical_or(inputs.clamped, world.clamped)
        level = np.where(world.clamped, world.given, inputs.given)
        self.past_given = level[None, : self.before]
        self.future_given = level[None, self.before :]
        # Of factors that move, a level in every future.
        self.targets: dict[int, Array] = {}
        # Without months no edge is scaled, which takes less time than scaling by 1.
        self.edge_scale = world.edge_scale if world.scales else inputs.edge_scale
        self.past_changes = bool(
            world.clamped[: self.before].any()
            or world.push[: self.before].any()
            or (self.edge_scale[: self.before] != 1).any()
        )

    def futures(self, wanted: tuple[int, ...]) -> Futures:
        """Return the futures of some factors in this world."""
        rank = self.posterior.frame.structure.causal_rank
        moves = sorted(self.world.moves, key=lambda span: (rank[span.factor], span.first))
        for number, span in enumerate(moves):
            # Before anything is done the world is the baseline, which need not be simulated again.
            alone = number == 0 and self.world.sets_nothing
            self._move(span, self.baseline if alone else self._run((span.factor,)))
        return self._run(wanted)

    def _move(self, span: Span, now: Futures) -> None:
        """Clamp a factor to where it is in some futures, moved as a span asks."""
        draws, futures = self.baseline.shape
        target = span.target(now.level(span.factor, span.first, span.last))
        # In the past every draw has a target of its own, for which its first future stands.
        past_months = max(self.before - span.first, 0)
        if past_months:
            shape = (draws, *self.past_given.shape[1:])
            self.past_given = np.broadcast_to(self.past_given, shape).copy()
            past = slice(span.first, min(span.last + 1, self.before))
            self.past_given[:, past, span.factor] = target[:, :past_months, 0]
            self.past_changes = True
        # Ahead every future of every draw has its own target.
        if span.last >= self.before:
            if span.factor not in self.targets:
                given = self.future_given[:, :, span.factor, None]
                self.targets[span.factor] = np.broadcast_to(
                    given, (draws, given.shape[1], futures)
                ).copy()
            ahead = slice(max(span.first - self.before, 0), span.last + 1 - self.before)
            self.targets[span.factor][:, ahead] = target[:, past_months:]
        self.clamped[span.first : span.last + 1, span.factor] = True

    def _run(self, wanted: tuple[int, ...]) -> Futures:
        """Return the futures of some factors with what has been set so far."""
        past, part = self.baseline.past, self.baseline.part
        if self.past_changes:
            self.posterior.needs_paths("changing the past")
            inputs = part.inputs
            # Inferred innovations are kept, so the past differs only by what the world changes.
            past = simulate_past(
                inputs._replace(
                    drive=inputs.drive[:, : self.before] + self.world.push[: self.before],
                    clamped=self.clamped[: self.before],
                    given=np.ascontiguousarray(self.past_given),
                    edge_scale=self.edge_scale[: self.before],
                )
            )
        future = _continue(
            self.posterior,
            part,
            wanted,
            past,
            self.clamped,
            self.future_given,
            self.world.push,
            self.edge_scale,
            self.targets,
        )
        if len(self.edge_scale):
            _check_near(past, future)
        return replace(self.baseline, past=past, wanted=wanted, future=future)
