"""Futures of every draw, as expected and in other worlds, with random numbers that belong to a seed and a name."""

from __future__ import annotations

import math
from collections import OrderedDict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain
from typing import Any, Final
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from withdrawal_risk.cores import cores, spread
from withdrawal_risk.dynamics.equation import PathInputs
from withdrawal_risk.dynamics.kernel import simulate_futures, simulate_past
from withdrawal_risk.families import FAMILIES
from withdrawal_risk.inference import measurement
from withdrawal_risk.inference.alignment import Figure, published_months, published_spans
from withdrawal_risk.inference.parameters import Frame, innovations
from withdrawal_risk.inference.posterior import Posterior, path_inputs
from withdrawal_risk.model.timeline import Window
from withdrawal_risk.random import generator
from withdrawal_risk.simulation.worlds import World, horizon_window

__all__ = ["Futures", "Part", "known_spans", "parts", "published_figures", "simulate"]

Array = NDArray[np.float64]

_CELLS: Final = 4_000_000
"""Innovations a core works on at once, which bounds memory; of a wide network one block of draws, however many those are."""

_BLOCK: Final = 64
"""Draws whose indicators share a stream of random numbers. Parts hold whole blocks, whatever else the model holds."""

_KEEP: Final = 40_000_000
"""Innovations kept for the next question, at most: 160 MB. What is worked out from them is kept beside them."""

_AS_IT_WAS: Final = 1e-9
"""Levels this near are the same but for rounding."""

_SLOTS: Final = 2
"""Questions of one kind come in a row, and often two kinds in turn: those of all draws, and those of some in more futures."""

_KEPT: WeakKeyDictionary[Posterior, OrderedDict[tuple[int, int, int, int, str], list[Part]]] = WeakKeyDictionary()
"""By posterior, and by what was asked of it: the parts of the last questions."""


@dataclass(frozen=True, eq=False)
class Part:
    """Consecutive draws of a group with the chance of their futures, and what has been worked out for them.

    Parameters
    ----------
    draws : slice
        Which draws of the group.
    unknowns : dict of str to ndarray, shape (draw, ...)
        What the model does not know, for these draws.
    inputs : PathInputs
        As from `path_inputs`, from the first month that is kept to the horizon.
    past : ndarray, shape (draw, past month, factor)
    innovation : ndarray of float32, shape (draw, future month, factor, future)
    random_seed : int
    common : int
        So many of the first future months are the same in all futures of a draw.
    stream : str
        Name of the random numbers.
    published : dict of int to (dict of int to Figure)
        By position of an indicator and of a month in `inputs`: what it is known to have shown.
    spans : dict of int to (dict of (int, int) to float)
        By position of an indicator and of the first and last month of a row over several: what each of its months is
        taken to have shown where only their mean or total matters.
    known : dict
        Answers that do not change while the part lives. None of them refers to the part, which is freed once it is done with.
    """

    draws: slice
    unknowns: dict[str, Array]
    inputs: PathInputs
    past: Array
    innovation: NDArray[np.float32]
    random_seed: int
    common: int = 0
    stream: str = "future"
    published: Mapping[int, Mapping[int, Figure]] = field(default_factory=dict)
    spans: Mapping[int, Mapping[tuple[int, int], float]] = field(default_factory=dict)
    known: dict[Any, Any] = field(default_factory=dict)

    def once(self, key: Any, work: Callable[[], Any]) -> Any:
        """Return what was worked out under a key, working it out the first time.

        Threads that ask at the same time may each work it out; they find the same.
        """
        if key not in self.known:
            self.known[key] = work()
        return self.known[key]

    def error(self, frame: Frame, indicator: int, first: int, last: int) -> Array:
        """Return the error of an indicator in months ``first..last``, of their figures where any is published.

        Shape is (draw, month), or (draw, 1) where it is the same in all of them.
        """
        plain = measurement.indicator_error(frame, self.unknowns)[:, indicator, None]
        figures = {t: f for t, f in self.published.get(indicator, {}).items() if first <= t <= last}
        if not figures:
            return plain
        family, error = frame.indicators[indicator][1].family, np.repeat(plain, last - first + 1, axis=1)
        for t, figure in figures.items():
            error[:, t - first] = measurement.with_stated_error(family, figure.grade * plain[:, 0], figure.se)
        return error

    def chance(self, frame: Frame, indicator: int, first: int, last: int) -> tuple[Array, ...]:
        """Return the chance in an indicator's values of months ``first..last``, the same in every world.

        Shapes are (draw, month, future). A month has the same chance whatever span it is asked for in. That of a month whose
        figure is known is drawn given the figure: in a world where its level was another, the same luck is kept.
        """
        name, item = frame.indicators[indicator]
        draws, _, _, futures = self.innovation.shape
        now = self.past.shape[1]
        shared = now + self.common
        another = () if self.stream == "future" else (self.stream,)

        def month(t: int) -> tuple[Array, ...]:
            error = self.error(frame, indicator, t, t)
            figure = self.published.get(indicator, {}).get(t)
            if figure is not None:
                level = self.past[:, t, int(frame.measured[indicator]), None]
                mean = measurement.monthly_value(frame, self.unknowns, indicator, level)
                cuts = None
                if FAMILIES[item.family].has_cuts:
                    cuts = measurement.grade_cuts(frame, self.unknowns, indicator)[:, None]

            def block(begin: int) -> tuple[Array, ...]:
                here = slice(begin, min(begin + _BLOCK, draws))
                rng = generator(
                    self.random_seed, "indicator", name, str(t - now), str(self.draws.start + begin), *another
                )
                count = here.stop - begin
                if figure is not None:
                    own = None if cuts is None else cuts[here]
                    shape = count, futures
                    return FAMILIES[item.family].noise_given(figure.value, mean[here], error[here], shape, rng, own)
                shape = count, 1 if t < shared and self.common else futures
                return FAMILIES[item.family].noise(error[here], shape, rng)

            blocks = [block(begin) for begin in range(0, draws, _BLOCK)]
            return tuple(np.concatenate(noise) for noise in zip(*blocks, strict=True))

        def work() -> tuple[Array, ...]:
            months = [month(t) for t in range(first, last + 1)]
            return tuple(
                np.stack([np.broadcast_to(noise, (draws, futures)) for noise in part], axis=1)
                for part in zip(*months, strict=True)
            )

        chance: tuple[Array, ...] = self.once((name, first, last), work)
        return chance


@dataclass(frozen=True, eq=False)
class Futures:
    """Levels of some draws, in one world, from the start of the fit to the horizon.

    Parameters
    ----------
    window : Window
        From the first month that is kept to the horizon.
    part : Part
        The draws.
    past : ndarray, shape (draw, past month, factor)
    wanted : tuple of int
        Factors whose futures are held.
    future : ndarray, shape (wanted factor, draw, future month, future)
    offset : ndarray, shape (draw, month, wanted factor), optional
        Added to every level of the window: the response to a change that is the same in every future.
    learnt : dict of int to (dict of int to float)
        As `Part.published`: what is supposed to be shown, in this world.
    """

    window: Window
    part: Part
    past: Array
    wanted: tuple[int, ...]
    future: Array
    offset: Array | None = None
    learnt: Mapping[int, Mapping[int, float]] = field(default_factory=dict)

    @property
    def shape(self) -> tuple[int, int]:
        """Draws and futures."""
        return self.future.shape[1], self.future.shape[3]

    def level(self, factor: int, first: int, last: int) -> Array:
        """Return a factor's level over months ``first..last`` of the window, shape (draw, month, future)."""
        before, place = self.past.shape[1], self.wanted.index(factor)
        ahead = self.future[place][:, max(first - before, 0) : max(last + 1 - before, 0)]
        if first < before:
            known = self.past[:, first : min(before, last + 1), factor, None]
            ahead = np.concatenate([np.broadcast_to(known, (*known.shape[:2], ahead.shape[2])), ahead], axis=1)
        return ahead if self.offset is None else ahead + self.offset[:, first : last + 1, place, None]

    def changed(self, response: Array) -> Futures:
        """Return these futures with a response, shape (draw, month, factor), added to their levels."""
        return replace(self, offset=response[:, :, list(self.wanted)])

    def value(
        self, frame: Frame, indicator: int, first: int, last: int, where: NDArray[np.bool_] | None = None
    ) -> Array:
        """Return what an indicator would show in months ``first..last``, shape (draw, month, future).

        A published figure stands wherever the world leaves its factor's level in that month as it was. Futures outside
        ``where``, shape (draw, future), may show anything.
        """
        unknowns = self.part.unknowns
        item, factor = frame.indicators[indicator][1], int(frame.measured[indicator])
        level = self.level(factor, first, last)
        cuts = None
        if FAMILIES[item.family].has_cuts:
            cuts = measurement.grade_cuts(frame, unknowns, indicator)[:, None, None, :]
        error = self.part.error(frame, indicator, first, last)
        value = FAMILIES[item.family].realise(measurement.monthly_value(frame, unknowns, indicator, level), error[:, :, None],
            self.part.chance(frame, indicator, first, last), cuts, None if where is None else where[:, None],
        )  # fmt: skip
        for t, figure in self.part.published.get(indicator, {}).items():
            if first <= t <= last:
                value[:, t - first][self._as_it_was(factor, t, t)] = figure.value
        for t, number in self.learnt.get(indicator, {}).items():
            if first <= t <= last:
                value[:, t - first] = number
        return value

    def _as_it_was(self, factor: int, first: int, last: int) -> NDArray[np.bool_]:
        """Say where this world leaves a factor's past level alone in months ``first..last``, shape (draw, future)."""
        was = self.part.past[:, first : last + 1, factor, None]
        return np.asarray((np.abs(self.level(factor, first, last) - was) < _AS_IT_WAS).all(axis=1))

    def with_published_spans(self, frame: Frame, indicator: int, first: int, value: Array) -> Array:
        """Let published rows over several months stand for those months, where only a mean or total is asked for.

        Parameters
        ----------
        first : int
            Month of the first value.
        value : ndarray, shape (draw, month, future)
            From `value`.

        Returns
        -------
        ndarray
            As `value`. In every row's months each shows the same, so that their total and mean are the row's. A row stands
            only where it lies within these months and the world leaves the level of its factor as it was.
        """
        rows = {
            (a, b): number for (a, b), number in self.part.spans.get(indicator, {}).items()
            if first <= a and b < first + value.shape[1]
        }  # fmt: skip
        if not rows:
            return value
        value, factor = value.copy(), int(frame.measured[indicator])
        for (a, b), number in rows.items():
            where = self._as_it_was(factor, a, b)[:, None, :]
            months = value[:, a - first : b - first + 1]
            np.copyto(months, number, where=where)
        return value


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
    common: int = 0,
    stream: str = "future",
) -> Iterator[Answer]:
    """Continue every draw to the horizon as expected and in other worlds, every core some draws at a time.

    Parameters
    ----------
    posterior : Posterior
    work : callable
        Given the futures of consecutive draws in the expected world, then in each of `worlds`, as they are simulated;
        ``list`` keeps them.
    group : {"posterior", "prior"}
    futures : int
        For each draw.
    random_seed : int
        A factor's random numbers depend on this seed, its name and the draw, and on nothing else: not on
        the world.
    worlds : sequence of World
    factors : sequence of int, optional
        Those whose futures are looked at; all of them where absent.
    draws, common, stream
        As in `parts`.

    Yields
    ------
    Answer
        What `work` makes of them, in the order of the draws; together all of the group's.
    """
    count = len(posterior.frame.structure.factors)
    wanted = tuple(range(count)) if factors is None else tuple(sorted({int(j) for j in factors}))
    shifted = {span.factor for world in worlds for span in world.shifts}
    asked = tuple(sorted({*wanted, *shifted}))

    def run(part: Part) -> Answer:
        there, future = part.known.get("expected", ((), None))
        if future is None or not set(asked) <= set(there):
            # The latest alone is kept: it is large.
            there, future = part.known["expected"] = asked, _expected(posterior, part, asked)
        expected = Futures(horizon_window(posterior), part, part.past, there, future)
        return work(chain([expected], (_elsewhere(posterior, expected, world, wanted) for world in worlds)))

    return spread(
        parts(
            posterior, group=group, futures=futures, random_seed=random_seed, draws=draws, common=common, stream=stream
        ),
        run,
    )


def published_figures(posterior: Posterior, without: Collection[str] = ()) -> dict[int, dict[int, Figure]]:
    """Return what indicators are known to have shown, as `Part` holds it, had some evidence rows not been."""
    rows = [row for row in posterior.model.evidence if row.id not in without]
    window, months = horizon_window(posterior), published_months(posterior.frame, rows, posterior.as_of)
    return {k: {window.index(m): v for m, v in own.items() if m >= window.first} for k, own in months.items()}


def known_spans(posterior: Posterior, without: Collection[str] = ()) -> dict[int, dict[tuple[int, int], float]]:
    """Return what rows over several months are known to have shown, as `Part` holds it, had some rows not been."""
    rows = [row for row in posterior.model.evidence if row.id not in without]
    window, found = horizon_window(posterior), published_spans(posterior.frame, rows, posterior.as_of)
    return {
        k: {(window.index(a), window.index(b)): value for (a, b), value in own.items() if a >= window.first}
        for k, own in found.items()
    }


def parts(
    posterior: Posterior,
    *,
    group: str = "posterior",
    futures: int,
    random_seed: int,
    draws: int | None = None,
    common: int = 0,
    stream: str = "future",
    keep: bool = True,
) -> Iterator[Part]:
    """Yield the draws of a group with the chance of their futures.

    Questions in a row ask for the same ones, so those of the last two are kept while they are few.

    Parameters
    ----------
    posterior, group, futures, random_seed
        As in `simulate`.
    draws : int, optional
        How many, evenly spaced; all of them where absent or more than there are.
    common : int
        So many of the first future months are to be the same in all futures of a draw.
    stream : str
        Names the random numbers: other futures of the same draws have another name.
    keep : bool
        Whether what is made may be kept for the next question; a question that reads no chance leaves all as it is.
    """
    model, frame, window = posterior.model, posterior.frame, horizon_window(posterior)
    unknowns = posterior.draws(group)
    every = len(unknowns["half_life"])
    many = every if draws is None else min(draws, every)
    # The prior is asked once; what it needs would only push out what is asked again.
    slots = _KEPT.setdefault(posterior, OrderedDict()) if group == "posterior" and keep else OrderedDict()
    question = many, futures, random_seed, common, stream
    if question in slots:
        slots.move_to_end(question)
        yield from slots[question]
        return
    level = posterior.levels(group)[:, : posterior.as_of - window.first + 1]
    if draws is not None and draws < len(level):
        some = np.linspace(0, len(level) - 1, draws).round().astype(int)
        level, unknowns = level[some], {name: values[some] for name, values in unknowns.items()}
    ahead, count = model.spec.time.horizon - posterior.as_of, len(frame.structure.factors)
    # Room is made before it is needed again.
    while len(slots) >= _SLOTS:
        slots.popitem(last=False)
    # As many parts for one core as for another.
    share = cores() * math.ceil(many * futures * ahead * count / (_CELLS * cores()))
    at_once = math.ceil(many / (share * _BLOCK)) * _BLOCK
    streams = [
        (int(j), bool(jump), generator(random_seed, stream, frame.structure.factors[j]))
        for j, jump in zip(frame.latent_index, frame.jump, strict=True)
    ]
    published = published_figures(posterior) if group == "posterior" else {}
    spans = known_spans(posterior) if group == "posterior" else {}
    made: list[Part] = []
    keep = keep and many * futures * ahead * count <= _KEEP
    for begin in range(0, many, at_once):
        here = slice(begin, min(begin + at_once, many))
        # Seven digits are enough for chance, and half as much memory to read is a fifth of the time of a path.
        noise = np.zeros((here.stop - begin, ahead, count, futures), np.float32)

        def fill(stream: tuple[int, bool, np.random.Generator], noise: NDArray[np.float32] = noise) -> None:
            j, jump, rng = stream
            noise[:, :, j] = innovations(rng, (len(noise), ahead, futures), jump=jump)
            noise[:, :common, j] = noise[:, :common, j, :1]

        for _ in spread(streams, fill):
            pass
        known = {name: values[here] for name, values in unknowns.items()}
        inputs = path_inputs(model, frame, known, posterior.as_of, window)
        part = Part(here, known, inputs, level[here], noise, random_seed, common, stream, published, spans)
        if keep:
            made.append(part)
        yield part
    if keep:
        slots[question] = made


def _continue(
    posterior: Posterior, part: Part, wanted: tuple[int, ...], past: Array, clamped: Array, given: Array, push: Array
) -> Array:
    """Run futures on from a past, shape (wanted factor, draw, future month, future)."""
    structure = posterior.frame.structure
    # Months that no lag reaches back to are not looked at again.
    first = max(past.shape[1] - max(structure.longest_lag, 1), 0)
    inputs = part.inputs._replace(
        drive=part.inputs.drive[:, first:] + push[first:],
        innovation=part.innovation,
        clamped=clamped[first:],
        given=given,
    )
    future: Array = simulate_futures(np.ascontiguousarray(past[:, first:]), inputs, np.array(wanted, dtype=np.int64))
    return future


def _expected(posterior: Posterior, part: Part, wanted: tuple[int, ...]) -> Array:
    inputs, before = part.inputs, part.past.shape[1]
    given = inputs.given[None, before:, :, None]
    quiet = np.zeros(inputs.clamped.shape)
    return _continue(posterior, part, wanted, part.past, inputs.clamped, given, quiet)


def _elsewhere(posterior: Posterior, expected: Futures, world: World, wanted: tuple[int, ...]) -> Futures:
    """Run another world on the innovations of the expected one, past and future.

    Levels, policies and pushes come first. Then each shift is made, causes before effects, from where its factor is in the
    world so far: in the same draw and future, so that a lone shift of 1 is exactly 1, and one below a parent that is set
    adds to what that does.
    """
    part, inputs, before = expected.part, expected.part.inputs, expected.past.shape[1]
    draws, futures = expected.shape
    clamped = np.logical_or(inputs.clamped, world.clamped)
    level = np.where(world.clamped, world.given, inputs.given)
    past_given, future_given = level[None, :before], level[None, before:, :, None]
    past_changes = bool(world.clamped[:before].any() or world.push[:before].any())

    def run(look_at: tuple[int, ...]) -> Futures:
        past = expected.past
        if past_changes:
            posterior.needs_paths("changing the past")
            past = simulate_past(
                inputs._replace(
                    drive=inputs.drive[:, :before] + world.push[:before],
                    clamped=clamped[:before],
                    given=np.ascontiguousarray(past_given),
                )
            )
        future = _continue(posterior, part, look_at, past, clamped, future_given, world.push)
        return replace(expected, past=past, wanted=look_at, future=future)

    rank = posterior.frame.structure.causal_rank
    shifts = sorted(world.shifts, key=lambda span: (rank[span.factor], span.first))
    for number, span in enumerate(shifts):
        alone = number == 0 and not world.clamped.any() and not world.push.any()
        now = expected if alone else run((span.factor,))
        target = now.level(span.factor, span.first, span.last) + span.setting.size
        if span.first < before:
            past_given = np.broadcast_to(past_given, (draws, *past_given.shape[1:])).copy()
            past_given[:, span.first : span.last + 1, span.factor] = target[:, : before - span.first, 0]
            past_changes = True
        if span.last >= before:
            future_given = np.broadcast_to(future_given, (draws, *future_given.shape[1:3], futures)).copy()
            ahead = slice(max(span.first - before, 0), span.last + 1 - before)
            future_given[:, ahead, span.factor] = target[:, max(before - span.first, 0) :]
        clamped[span.first : span.last + 1, span.factor] = True
    return run(wanted)
