"""What moved the outlook between two dates, split over the evidence that came in."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Final

import numpy as np
import pandas as pd

from withdrawal_risk.arguments import true_or_false
from withdrawal_risk.characters import quoted
from withdrawal_risk.errors import ArgumentError
from withdrawal_risk.inference.checks import failed_checks
from withdrawal_risk.inference.posterior import Posterior
from withdrawal_risk.language import LANGUAGES, words_of
from withdrawal_risk.language.numbers import json_number, percent, points
from withdrawal_risk.queries.answers import About, Answer, about, warning_of
from withdrawal_risk.queries.defaults import FUTURES
from withdrawal_risk.queries.results import mcse
from withdrawal_risk.queries.row_removal import Refits, by_draw, explained, rows_by_part
from withdrawal_risk.simulation.conditions import ALL_CONDITIONS, tree_of
from withdrawal_risk.simulation.probabilities import check_arguments

__all__ = ["NOT_EVIDENCE", "Change", "explain_change"]

NOT_EVIDENCE: Final = "decisions, events and simulation"
"""Not a new row: newly known policies and events, changes of the file, Monte Carlo error."""


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Change(Answer):
    """The difference of two outlooks, in parts.

    Parameters
    ----------
    condition : str
    before, after : float
        Probabilities in the two outlooks.
    summary : pandas.DataFrame
        Indexed by ``part`` (an evidence row or an indicator's rows), the largest first and what is
        not evidence last: ``contribution``. Contributions sum to ``after - before``.
    rows : dict of str to tuple of str
        Evidence rows of each part.
    khat : float
        Pareto k of the weights that take all new rows of a step away, the worst of the steps.
    mcse : float
        Monte Carlo error of what is not evidence: that of the fits themselves and of the
        reweighting.
    about : About
        The later fit.
    refits : int
        Further fits that were made for this answer.
    seconds : float
        How long they took.
    failed : tuple of str
        Checks that any of the fits failed.
    labels : dict of str to (dict of str to str)
        Of every part, by language.

    Examples
    --------
    >>> wr.Change.__dataclass_fields__["summary"].type
    'pd.DataFrame'
    """

    condition: str
    before: float
    after: float
    summary: pd.DataFrame
    rows: dict[str, tuple[str, ...]]
    khat: float
    mcse: float
    about: About
    refits: int = 0
    seconds: float = 0.0
    failed: tuple[str, ...] = ()
    labels: dict[str, dict[str, str]] = field(default_factory=dict)

    def label(self, part: str, lang: str = "en") -> str:
        """Return the name of a part for people."""
        if part == NOT_EVIDENCE:
            return words_of(lang).names["not_evidence"]
        return self.labels[part][lang]

    def sentence(self, lang: str = "en") -> str:
        """Say the answer in a sentence; ``lang`` is ``en`` or ``ar``."""
        words = words_of(lang)
        ends = {
            "name": self.about.condition(self.condition, lang),
            "before": percent(self.before, lang),
            "after": percent(self.after, lang),
        }
        sizes = self.summary["contribution"].sort_values(key=np.abs, ascending=False)
        # Those that the Monte Carlo error cannot tell from the largest are named with it.
        clear, lead = sizes.abs() > 2 * self.mcse, sizes.abs().max() - sizes.abs()
        largest = sizes[clear & (lead <= 2 * self.mcse)]
        if largest.empty:
            text = words.say("change_none", **ends)
        else:
            parts = words.series(
                words.say(
                    "change_part",
                    label=self.label(str(part), lang),
                    size=points(float(size), lang),
                )
                for part, size in largest.items()
            )
            text = words.say("change", parts=parts, **ends)
        return text + warning_of(self.failed, words)

    def to_dict(self) -> dict[str, Any]:
        """Return the answer as JSON-ready data."""
        return {
            "condition": self.condition,
            "before": self.before,
            "after": self.after,
            "khat": json_number(self.khat),
            "mcse": self.mcse,
            "refits": self.refits,
            "checks_passed": not self.failed,
            "parts": {
                str(name): {
                    "contribution": float(size),
                    "rows": list(self.rows.get(str(name), ())),
                }
                for name, size in self.summary["contribution"].items()
            },
        }


def explain_change(
    before: Posterior,
    after: Posterior,
    condition: str = ALL_CONDITIONS,
    *,
    via: Sequence[Posterior] = (),
    futures: int = FUTURES,
    random_seed: int = 1,
    refit: bool = True,
    progressbar: bool = True,
) -> Change:
    """Split the change of an outlook over the evidence rows that came in between.

    Rows are taken away from the later posterior in every combination by reweighting its draws
    and, where the condition reads a row's own value, by simulating its month; each row's
    part is its Shapley value. Where the rows are too informative for that, the least informative
    go first, and the rest goes from a fit without them; as often as need be. What this leaves of
    the difference to the earlier outlook is newly known policies and events, changes of the model
    file, and Monte Carlo error.

    Parameters
    ----------
    before, after : Posterior
        The earlier and the later fit of one model.
    condition : str
        Default: all conditions together.
    via : sequence of Posterior, optional
        Fits of dates in between, for changes too large to be taken away at once: each step is
        explained by itself and the parts add up.
    futures : int
        Simulated futures for each draw, at least 2.
    random_seed : int
        Of the futures.
    refit : bool
        Whether to fit again where reweighting is not to be trusted; each fit takes as long as the
        later one did.
    progressbar : bool
        Whether to say so on standard error.

    Returns
    -------
    Change

    Raises
    ------
    ArgumentError
        If the fits are not of one model at rising dates, for an unknown condition, or where fits
        are needed that `refit` does not allow.

    Examples
    --------
    >>> wr.explain_change(posterior, posterior, "calm")
    Traceback (most recent call last):
    withdrawal_risk.errors.ArgumentError: as_of 2023-12 is not before 2023-12; give the fits by \
date, the earliest first
    """
    refit = true_or_false(refit, "refit")
    progressbar = true_or_false(progressbar, "progressbar")
    if isinstance(via, Posterior) or not isinstance(via, Iterable):
        raise ArgumentError(f"via is {quoted(via)}; write a list of fits, such as [fit_of_july]")
    fits = [before, *via, after]
    for posterior in fits:
        check_arguments(posterior, futures=futures, random_seed=random_seed)
        tree_of(posterior, condition)
    _check_order(fits)
    ask = partial(by_draw, condition=condition, futures=futures, random_seed=random_seed)
    seen = {row.id for row in before.model.evidence_at(before.as_of)}
    # The empty set: no row's value is simulated, so this is the probability of the outlook.
    (p,) = ask(before, [frozenset()])
    first = last = float(p.mean())
    worst, errors, refits, seconds = -math.inf, [mcse(p, None, before.chains)], 0, 0.0
    single: dict[str, float] = {}
    used = list(fits)
    for later in fits[1:]:
        new = [row.id for row in later.model.evidence_at(later.as_of) if row.id not in seen]
        again = Refits(later, refit, progressbar)
        step = explained(later, new, ask, condition, again)
        single |= step.shares
        seen.update(new)
        last, worst = float(step.p.mean()), max(worst, step.khat)
        errors += step.errors
        refits += again.count
        seconds += again.seconds
        used += again.used
    # Parts are formed anew over the rows of all steps: together they may be too many to be named
    # one by one, though each step had few.
    parts = rows_by_part(after, list(single))
    return Change(
        condition=condition,
        before=first,
        after=last,
        summary=_table(parts, single, last - first),
        rows=parts,
        khat=worst,
        mcse=math.hypot(*errors),
        about=about(after),
        refits=refits,
        seconds=seconds,
        failed=tuple(dict.fromkeys(item.name for fit in used for item in failed_checks(fit))),
        labels={part: _part_in_words(after, members) for part, members in parts.items()},
    )


def _check_order(fits: Sequence[Posterior]) -> None:
    """Refuse fits of different models, or at dates that do not rise."""
    for a, b in itertools.pairwise(fits):
        if a.model.id != b.model.id:
            raise ArgumentError(
                f"the fits are of {a.model.id!r} and {b.model.id!r}; fit one model at two dates"
            )
        if not a.as_of < b.as_of:
            raise ArgumentError(
                f"as_of {a.as_of} is not before {b.as_of}; give the fits by date, the earliest "
                "first"
            )
    # Every row is explained by what the last fit says of it.
    rows = {row.id for row in fits[-1].model.evidence}
    for fit in fits[1:-1]:
        gone = [row.id for row in fit.model.evidence_at(fit.as_of) if row.id not in rows]
        if gone:
            raise ArgumentError(
                f"the fit as of {fit.as_of} saw row {quoted(gone[0])}, which the last fit's "
                "evidence does not have; fit one evidence file at all dates"
            )


def _table(
    parts: dict[str, tuple[str, ...]], single: dict[str, float], change: float
) -> pd.DataFrame:
    """Return the contributions, the largest first and what is not evidence last."""
    table = pd.DataFrame(
        {"contribution": [sum(single[row] for row in members) for members in parts.values()]},
        index=pd.Index(parts, name="part", dtype=object),
        dtype=float,
    )
    table = table.loc[table["contribution"].abs().sort_values(ascending=False).index]
    table.loc[NOT_EVIDENCE] = change - float(table["contribution"].sum())
    return table


def _part_in_words(posterior: Posterior, rows: Sequence[str]) -> dict[str, str]:
    """Return the name of some rows of an indicator, by language."""
    row = next(row for row in posterior.model.evidence if row.id == rows[0])
    span = str(row.start) if row.start == row.end else f"{row.start} – {row.end}"
    return {
        lang: words.say(
            "rows_of" if len(rows) > 1 else "row_of",
            label=posterior.model.spec.label(row.indicator, lang),
            count=len(rows),
            span=span,
        )
        for lang, words in LANGUAGES.items()
    }
