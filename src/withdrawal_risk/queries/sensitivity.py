"""Which judgement an answer hangs on, and how far it lies from another word."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from withdrawal_risk.arguments import true_or_false, whole_number
from withdrawal_risk.characters import letters
from withdrawal_risk.elements.quantiles import Quantiles
from withdrawal_risk.inference.judgements import judgements, slopes
from withdrawal_risk.inference.learning import RARE
from withdrawal_risk.inference.posterior import Posterior
from withdrawal_risk.language import LANGUAGES, Language, words_of
from withdrawal_risk.language.numbers import (
    json_number,
    probability_word,
    signed,
)
from withdrawal_risk.model.range_wording import range_in_words, range_label
from withdrawal_risk.queries.answers import About, Answer, about
from withdrawal_risk.queries.clause_wording import clause_in_words
from withdrawal_risk.queries.defaults import FUTURES
from withdrawal_risk.queries.judgement_table import judgement_table
from withdrawal_risk.queries.moved_refits import group_moves, refits
from withdrawal_risk.queries.other_analyst import other_analyst
from withdrawal_risk.queries.range_sentence import range_sentence
from withdrawal_risk.queries.results import mcse
from withdrawal_risk.queries.threshold_curves import threshold_curves, threshold_steps
from withdrawal_risk.queries.tips import distance_in_words, nearest_border
from withdrawal_risk.simulation.conditions import ALL_CONDITIONS, checked_condition
from withdrawal_risk.simulation.probabilities import check_arguments, probabilities
from withdrawal_risk.simulation.tilting import Reweighted
from withdrawal_risk.tasks import Pool

__all__ = ["Sensitivity", "sensitivity"]

Array = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Sensitivity(Answer):
    """What the probability of a condition hangs on.

    Parameters
    ----------
    condition : str
    probability, mcse : float
        As `outlook` gives them.
    border : float
        The border of words that is nearest to the probability.
    summary : pandas.DataFrame
        Every elicited range, indexed by its ``path`` in the file, those first whose effect is
        largest by its size less its Monte Carlo error. ``group``; ``effect``, the change of the
        probability for one prior sd of its centre, to first order, with ``effect_mcse``;
        ``narrower`` and ``wider``, the change with half and double its spread (nan where
        reweighting cannot tell); ``shift`` and ``ratio``, how far the evidence moved its mean, in
        prior sd, and what it left of its sd; ``tail_probability``, of evidence that disagrees with
        it so much or more; ``tip``, the smallest shift of its centre, in prior sd, at which the
        word changes (nan where there is none before the centre reaches an end of the range), with
        ``tip_mcse``; ``khat``, and ``trusted``, whether reweighting can tell.
    ranges : dict of str to dict of str to (str, str)
        By path and language: the label of a range, and the range.
    tipped : dict of str to dict of str to str
        By path and language: the range at the tip, where there is one.
    thresholds : pandas.DataFrame
        Every clause, indexed by its number from 0: ``origin`` (published, given or judged),
        ``informed`` (whether evidence moved what it reads; None where that is not a level), and
        ``-1``, ``-0.5``, ``0``, ``0.5``, ``1``: the probability with its threshold so many named
        levels kinder. nan where no level is next.
    clauses : dict of str to list of str
        The clauses in words, by language.
    harsher, kinder : float
        The probability with all judged thresholds one named level harsher, and kinder.
    range_low, range_high : float
        What a different reasonable analyst would say.
    range_of : str
        What was moved for that: ``thresholds``, and groups of ranges whose refits are kept.
    refits : pandas.DataFrame
        Real refits, where they were asked for: ``path`` (or group), ``shift`` in prior sd,
        ``probability``, ``mcse``, ``checks_passed``, and ``reweighted`` with ``khat``, what
        reweighting says of the same; nan where moved ranges do not make a model, because the
        parents of a factor would explain too much of it.
    about : About
        The fit.

    Examples
    --------
    >>> found = wr.sensitivity(posterior, "calm")
    >>> found.label(found.summary.index[0])
    'the effect of “Presence” on “Gaps”'
    """

    condition: str
    probability: float
    mcse: float
    border: float
    summary: pd.DataFrame
    ranges: Mapping[str, Mapping[str, tuple[str, str]]]
    tipped: Mapping[str, Mapping[str, str]]
    thresholds: pd.DataFrame
    clauses: Mapping[str, list[str]]
    harsher: float
    kinder: float
    range_low: float
    range_high: float
    range_of: str
    about: About
    refits: pd.DataFrame = field(default_factory=pd.DataFrame)

    def label(self, path: str, lang: str = "en") -> str:
        """Return what a range is of, for people."""
        return self.ranges[path][words_of(lang).code][0]

    def range(self, path: str, lang: str = "en") -> str:
        """Return a range as people read it."""
        return self.ranges[path][words_of(lang).code][1]

    def distance(self, lang: str = "en") -> str:
        """Say how far the probability is from the next word."""
        name = self.about.condition(self.condition, lang)
        return distance_in_words(name, self.probability, self.mcse, lang)

    def sentence(self, lang: str = "en") -> str:
        """Say the answer in a few sentences; ``lang`` is ``en`` or ``ar``."""
        words, parts = words_of(lang), [self.distance(lang)]
        known = self.summary[self.summary["trusted"] & self.summary["tip"].notna()]
        if known.empty:
            parts.append(words.say("tip_none"))
        else:
            path = str(known["tip"].abs().idxmin())
            parts.append(
                words.say(
                    "tip",
                    count=len(known),
                    label=self.label(path, lang),
                    before=self.range(path, lang),
                    after=self.tipped[path][words.code],
                    shift=signed(float(known.loc[path, "tip"]), lang),  # type: ignore[arg-type]
                )
            )
        unsure = int((~self.summary["trusted"]).sum())
        if unsure:
            parts.append(words.say("tip_unsure", count=unsure))
        parts.append(range_sentence(self.range_low, self.range_high, self.range_of, words))
        against = self._against(words)
        if against:
            parts.append(words.say("disagrees", judgements=against))
        return " ".join(part for part in parts if part) + self.about.warning(lang)

    def _against(self, words: Language) -> str:
        """Name the judgements with which the evidence disagrees, the clearest first."""
        rare = self.summary["tail_probability"].dropna().sort_values()
        rare = rare[rare < RARE]
        return (
            words.series(self.label(str(path), words.code) for path in rare.index)
            if len(rare)
            else ""
        )

    def to_dict(self) -> dict[str, Any]:
        """Return the answer as JSON-ready data."""
        return {
            "condition": self.condition,
            "probability": self.probability,
            "mcse": self.mcse,
            "word": probability_word(self.probability, error=self.mcse),
            "border": self.border,
            "distance": self.border - self.probability,
            "range": {
                "low": json_number(self.range_low),
                "high": json_number(self.range_high),
                "of": self.range_of.split(),
            },
            "harsher": json_number(self.harsher),
            "kinder": json_number(self.kinder),
            "judgements": {
                str(path): {
                    "group": row["group"],
                    "range": self.range(str(path)),
                    "at_tip": self.tipped.get(str(path), {}).get("en"),
                    "trusted": bool(row["trusted"]),
                    **{name: json_number(float(row[name])) for name in _NUMBERS},
                }
                for path, row in self.summary.iterrows()
            },
            "thresholds": [
                {
                    "clause": clause,
                    "origin": row["origin"],
                    "informed": row["informed"],
                    "probability": {str(s): json_number(float(row[s])) for s in threshold_steps()},
                }
                for clause, (_, row) in zip(
                    self.clauses["en"], self.thresholds.iterrows(), strict=True
                )
            ],
            "refits": {
                f"{row['path']} {row['shift']:+g}": {
                    name: json_number(float(row[name])) for name in _REFIT_NUMBERS
                }
                for _, row in self.refits.iterrows()
            },
            "checks_passed": self.about.checks_passed,
        }


_NUMBERS: Final = (
    *("effect", "effect_mcse", "narrower", "wider", "shift", "ratio", "tail_probability"),
    *("tip", "tip_mcse", "khat"),
)

_REFIT_NUMBERS: Final = ("probability", "mcse", "checks_passed", "reweighted", "khat")


def sensitivity(
    posterior: Posterior,
    condition: str = ALL_CONDITIONS,
    *,
    refit: bool = False,
    top: int = 6,
    futures: int = FUTURES,
    random_seed: int = 1,
    pool: Pool | None = None,
    folder: str | Path | None = None,
    progressbar: bool = True,
) -> Sensitivity:
    """Say which judgements a probability hangs on, and how far it is from its next word.

    Every elicited range is moved by reweighting the draws that are there: the prior density of the
    unknown under the other range over that under the file's own. Scales of own variation and start
    levels, which follow from the centres of weights, half-lives and drift, move with them to first
    order. Thresholds are moved by evaluating the same futures again.

    Parameters
    ----------
    posterior : Posterior
    condition : str
        Default: all conditions together.
    refit : bool
        Whether to fit again as well: the `top` ranges moved by one prior sd up and down, and the
        weights, the half-lives and the references as groups. These are kept in `folder`, and from
        then on the range of a different reasonable analyst, here and in `outlook`, counts the
        groups. Each takes as long as the fit itself.
    top : int
        How many ranges are fitted again.
    futures : int
        Simulated futures for each draw, at least 2; the same as those of `outlook`.
    random_seed : int
        Of the futures.
    pool, folder, progressbar
        As in `sweep`, for refits. Default folder: the cache, where `outlook` finds them.

    Returns
    -------
    Sensitivity

    Raises
    ------
    ArgumentError
        For an unknown condition, or refits of a posterior that does not say how it was sampled.

    Examples
    --------
    >>> found = wr.sensitivity(posterior, "calm")
    >>> bool(abs(found.border - found.probability) < 0.2)
    True
    """
    check_arguments(posterior, futures=futures, random_seed=random_seed)
    refit = true_or_false(refit, "refit")
    top = whole_number(top, "top", least=0, most=10_000)
    condition = checked_condition(condition, posterior.model.spec.conditions)
    outcomes = probabilities(posterior, futures=futures, random_seed=random_seed)
    p = outcomes.value[0, outcomes.names.index(condition)]
    summary = judgement_table(posterior, p)
    probability = float(p.mean())
    found = pd.DataFrame()
    if refit:
        found = _refitted(
            posterior,
            condition,
            summary,
            p,
            top=top,
            futures=futures,
            random_seed=random_seed,
            pool=pool,
            folder=folder,
            progressbar=progressbar,
        )
    spec, several = posterior.model.spec, {item.path: item for item in judgements(posterior)}
    table, leaves = threshold_curves(
        posterior, condition, probability, futures=futures, random_seed=random_seed
    )
    other: Any = other_analyst(posterior, futures=futures, random_seed=random_seed).loc[condition]
    tipped = {str(path): float(shift) for path, shift in summary["tip"].dropna().items()}
    return Sensitivity(
        condition=condition,
        probability=probability,
        mcse=mcse(p, None, posterior.chains),
        border=nearest_border(probability),
        summary=summary,
        ranges={
            path: {
                lang: (range_label(spec, path, lang), range_in_words(spec, path, item.range, lang))
                for lang in LANGUAGES
            }
            for path, item in several.items()
        },
        tipped={
            path: {
                lang: range_in_words(spec, path, several[path].range.moved(shift), lang)
                for lang in LANGUAGES
            }
            for path, shift in tipped.items()
        },
        thresholds=table,
        clauses={
            lang: [clause_in_words(spec, leaf, lang) for leaf in leaves] for lang in LANGUAGES
        },
        harsher=float(other["harsher"]),
        kinder=float(other["kinder"]),
        range_low=float(other["range_low"]),
        range_high=float(other["range_high"]),
        range_of=str(other["range_of"]),
        about=about(posterior),
        refits=found,
    )


def _task_name(path: str, place: int, side: str) -> str:
    """Return small letters and ``_`` for a judgement that is moved.

    Paths that differ in digits or signs alone are told apart by their place in the file.
    """
    return f"{re.sub('[^a-z]+', '_', path)[:70]}_{letters(place)}_{side}"


def _refitted(
    posterior: Posterior,
    condition: str,
    summary: pd.DataFrame,
    p: Array,
    *,
    top: int,
    **options: Any,
) -> pd.DataFrame:
    """Fit again with the largest judgements moved, one by one, and the groups as wholes."""
    several, slope = judgements(posterior), slopes(posterior)
    place = {item.path: k for k, item in enumerate(several)}
    moves: dict[str, Mapping[str, Quantiles]] = {}
    shifts: dict[str, tuple[str, float, Array]] = {}
    for path in map(str, summary.index[:top]):
        given = several[place[path]].range
        for side, shift in (("down", -1.0), ("up", 1.0)):
            name = _task_name(path, place[path], side)
            moves[name] = {path: given.moved(shift)}
            shifts[name] = path, shift, shift * slope[:, place[path]]
    for name, moved in group_moves(posterior).items():
        group, _, side = name.rpartition("_")
        shift = 1.0 if side == "up" else -1.0
        moves[name] = moved
        shifts[name] = group, shift, shift * slope[:, [place[path] for path in moved]].sum(axis=1)
    rows = []
    found = refits(posterior, moves, **options)
    for name, (path, shift, log_ratio) in shifts.items():
        there, record = Reweighted(log_ratio), found.get(name)
        k = 0 if record is None else record["condition"].tolist().index(condition)
        rows.append(
            {
                "path": path,
                "shift": shift,
                "probability": math.nan if record is None else float(record["probability"][k]),
                "mcse": math.nan if record is None else float(record["mcse"][k]),
                "checks_passed": record is not None and bool(record["checks_passed"]),
                "reweighted": there.mean(p),
                "khat": there.khat,
            }
        )
    return pd.DataFrame(rows)
