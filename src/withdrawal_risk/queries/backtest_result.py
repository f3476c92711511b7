"""The table of a back test, and what is read from it."""

from __future__ import annotations

import datetime
import math
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, cast

from withdrawal_risk.arguments import chosen, name_of, number
from withdrawal_risk.elements.base import Text
from withdrawal_risk.errors import ArgumentError
from withdrawal_risk.files import table_target, write_table
from withdrawal_risk.language import words_of
from withdrawal_risk.language.numbers import (
    json_number,
    leads_in_words,
    share,
    share_interval,
)
from withdrawal_risk.queries.peers import peer_table, read_peer
from withdrawal_risk.scoring import calibration
from withdrawal_risk.scoring.baselines import BASELINES
from withdrawal_risk.scoring.evaluation import MEASURES, SCORES
from withdrawal_risk.scoring.known import Data
from withdrawal_risk.scoring.leads import LEADS
from withdrawal_risk.scoring.resampling import block_of
from withdrawal_risk.scoring.skill import Skill, skill

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["METHODS", "RATIOS", "Backtest", "json_lines", "skill_of"]

METHODS: Final = ("model", "prior", "without_edges", "without_edges_matched", *BASELINES)
"""Who forecasts: the model, and what it is compared with."""

RATIOS: Final = tuple(name for name in SCORES if name not in ("log_score", "ignorance"))
"""Scores with a natural 0, of which ratios mean something."""

_SLICES: Final = ("leads", "lead", "origin", "month")

_MOST_RHAT: Final = 1.1
"""Of a fit of a back test, which is shorter than one that is reported."""


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Backtest:
    """Every forecast of a back test with its scores.

    Parameters
    ----------
    model : str
        The model's id.
    data : {"revised", "strict"}
        Which observations count as known when.
    table : pandas.DataFrame
        One row an ``origin``, ``method``, ``indicator`` and ``month``: ``lead``, ``leads`` (its
        block), ``observed`` and its evidence ``row``, ``mean`` and quantiles, ``probability`` of an
        ``event`` (yes; a value or category above the middle of what was known), ``threshold`` of
        the upper tail, and all scores (see `score`).
    fits : pandas.DataFrame
        Of every fit: ``origin``, ``method``, ``rhat_max``, ``ess_min``, ``divergences``.
    names : mapping of str to Text
        Labels of the indicators.
    step : int
        Months between origins.
    evidence : str
        Digest of the rows that were read.

    Examples
    --------
    >>> result = wr.backtest(
    ...     posterior.model, start="2023-10", end="2023-11", methods=["model", "climatology"],
    ...     draws=50, tune=50, progressbar=False,
    ... )
    >>> sorted(result.table["method"].unique())
    ['climatology', 'model']
    """

    model: str
    data: Data
    table: pd.DataFrame
    fits: pd.DataFrame
    names: Mapping[str, Text]
    step: int = 1
    evidence: str = ""

    @property
    def methods(self) -> tuple[str, ...]:
        """Who forecast, in the order of `METHODS`."""
        there = set(self.table["method"])
        return tuple(name for name in METHODS if name in there)

    @property
    def others(self) -> tuple[str, ...]:
        """What the model is compared with."""
        return tuple(name for name in self.methods if name != "model")

    @cached_property
    def summary(self) -> pd.DataFrame:
        """The model beside the best of the others, by indicator and block of leads.

        ``pairs``, ``origins`` and independent ``blocks`` of them; ``crps`` of the model; ``best``,
        the one of the others with the lowest CRPS in hindsight, and ``best_crps``; ``skill`` over
        it with its 90 % interval, ``lower`` to ``upper``, nan where fewer than two blocks leave it
        unresolved; ``p_value`` of Diebold and Mariano, from ten blocks on; ``without_worst``, the
        skill without ``worst_month``, the month with the largest CRPS; ``covered_50`` and
        ``covered_90``.
        Only what all methods forecast is counted.
        """
        import pandas as pd

        lines: dict[tuple[str, str], dict[str, Any]] = {}
        for indicator in self.names:
            for leads in LEADS:
                line = self._headline(indicator, leads)
                if line is not None:
                    lines[indicator, leads] = line
        table = pd.DataFrame.from_dict(lines, orient="index")
        table.index = pd.MultiIndex.from_tuples(list(lines), names=["indicator", "leads"])
        return table

    def _headline(self, indicator: str, leads: str) -> dict[str, Any] | None:
        rows = self.table[(self.table["indicator"] == indicator) & (self.table["leads"] == leads)]
        if "model" not in set(rows["method"]):
            return None
        wide = _wide(rows, "crps", [name for name in self.methods if name in set(rows["method"])])
        line: dict[str, Any] = {
            "pairs": len(wide),
            "origins": wide.index.get_level_values("origin_number").nunique(),
            "crps": float(wide["model"].mean()),
        }
        own = rows[rows["method"] == "model"].set_index(["origin_number", "month", "lead"])
        own = own.loc[wide.index]
        others = wide.drop(columns="model")
        if others.shape[1]:
            best = str(others.mean().idxmin())
            found = skill_of(wide, "model", best, step=self.step, name=f"{indicator}:{leads}")
            by_month = wide["model"].groupby(level="month").sum()
            worst = str(by_month.idxmax())
            rest = wide[wide.index.get_level_values("month") != worst]
            total = float(rest[best].sum())
            line |= {
                "blocks": found.blocks,
                "best": best,
                "best_crps": float(wide[best].mean()),
                "skill": found.value,
                "lower": found.lower,
                "upper": found.upper,
                "p_value": found.p_value,
                "without_worst": 1 - float(rest["model"].sum()) / total if total else math.nan,
                "worst_month": worst,
            }
        return line | {name: float(own[name].mean()) for name in ("covered_50", "covered_90")}

    def skill(
        self,
        over: str,
        *,
        method: str = "model",
        score: str = "crps",
        by: str = "leads",
        ci_prob: float = 0.9,
    ) -> pd.DataFrame:
        """Return the skill of one method over another, slice by slice.

        Parameters
        ----------
        over, method : str
            Two of `methods`.
        score : str
            One with a natural 0: all but ``log_score`` and ``ignorance``, whose means are in
            `scores`.
        by : {"leads", "lead", "origin", "month"}
            Blocks of leads, single leads, origins, or the months that were forecast.
        ci_prob : float

        Returns
        -------
        pandas.DataFrame
            Indexed by ``indicator`` and slice: ``skill``, ``lower``, ``upper``, ``pairs``,
            ``origins``, ``blocks``, ``p_value``. Skill is 1 less the ratio of the sums of both
            scores over all pairs; the interval is from resampled blocks of origins, widened so that
            it holds the truth about as often as it says, and nan with fewer than two blocks.

        Raises
        ------
        ArgumentError
            If a name is not one of these.
        """
        import pandas as pd

        for name, what in ((over, "over"), (method, "method")):
            chosen(name, what, self.methods)
        chosen(score, "score", RATIOS)
        chosen(by, "by", _SLICES)
        ci_prob = _probability(ci_prob)
        rows = self.table[self.table["method"].isin([over, method])]
        lines = {}
        for (indicator, value), part in rows.groupby(["indicator", by], sort=True, observed=True):
            # Some slices have forecasts of one of them alone.
            if not {method, over} <= set(part["method"]):
                continue
            wide = _wide(part, score, list(dict.fromkeys([method, over])))
            if len(wide):
                name = f"{by}:{indicator}:{value}"
                found = skill_of(wide, method, over, step=self.step, name=name, ci_prob=ci_prob)
                lines[indicator, value] = {"skill": found.value, **found._asdict()}
        table = pd.DataFrame.from_dict(lines, orient="index")
        if lines:
            table = table.drop(columns="value")
            table.index = pd.MultiIndex.from_tuples(list(lines), names=["indicator", by])
        return table

    def scores(self, *, by: str = "leads") -> pd.DataFrame:
        """Return the mean of every score, by indicator, slice and method.

        Parameters
        ----------
        by : {"leads", "lead", "origin", "month"}
            As in `skill`.

        Returns
        -------
        pandas.DataFrame
            ``pairs`` and the mean of each measure. Methods that forecast fewer months than others
            are not comparable with them; `skill` and `summary` pair them.
        """
        chosen(by, "by", _SLICES)
        groups = self.table.groupby(["indicator", by, "method"], sort=True, observed=True)
        measures = [name for name in MEASURES if name != "pit"]
        table = groups[measures].mean()
        table.insert(0, "pairs", groups.size())
        return table

    def coverage(
        self,
        *,
        method: str = "model",
        indicator: str | None = None,
        by: str = "lead",
        ci_prob: float = 0.9,
    ) -> pd.DataFrame:
        """Return how often intervals of 50 and 90 % held what was observed.

        Parameters
        ----------
        method : str
        indicator : str, optional
            Default: all together.
        by : {"leads", "lead", "origin", "month", "indicator"}
        ci_prob : float
            Of the intervals about both shares.

        Returns
        -------
        pandas.DataFrame
            ``pairs``; ``covered_50``, ``lower_50``, ``upper_50``; the same with 90. Intervals hold
            their ends; yes or no and categories have none, and are left out.

        Raises
        ------
        ArgumentError
            If nothing else is left.
        """
        chosen(by, "by", (*_SLICES, "indicator"))
        rows = self._of(method, indicator)
        rows = rows[rows["covered_90"].notna()]
        if rows.empty:
            raise ArgumentError(
                "yes or no and categories have no intervals to be held by; choose an indicator of "
                "amounts, or look at reliability"
            )
        return calibration.coverage(rows, by=by, step=self.step, ci_prob=_probability(ci_prob))

    def pit(
        self,
        *,
        method: str = "model",
        indicator: str | None = None,
        leads: str | None = None,
        ci_prob: float = 0.9,
    ) -> pd.DataFrame:
        """Return the share of forecasts whose PIT lies in each tenth, and the band about a tenth.

        Parameters
        ----------
        method : str
        indicator : str, optional
            Default: all together.
        leads : str, optional
            A block such as ``"1-3"``. Default: all.
        ci_prob : float

        Returns
        -------
        pandas.DataFrame
            Indexed by the lower end: ``share``, ``lower``, ``upper``.
        """
        return calibration.pit_histogram(
            self._of(method, indicator, leads), step=self.step, ci_prob=_probability(ci_prob)
        )

    def ecdf(
        self,
        *,
        method: str = "model",
        indicator: str | None = None,
        leads: str | None = None,
        ci_prob: float = 0.9,
    ) -> pd.DataFrame:
        """Return the cumulative share of the PIT, and the band about the diagonal.

        Parameters
        ----------
        method : str
        indicator : str, optional
            Default: all together.
        leads : str, optional
            A block such as ``"1-3"``. Default: all.
        ci_prob : float
        """
        return calibration.pit_ecdf(
            self._of(method, indicator, leads), step=self.step, ci_prob=_probability(ci_prob)
        )

    def reliability(
        self,
        *,
        method: str = "model",
        indicator: str | None = None,
        leads: str | None = None,
        ci_prob: float = 0.9,
    ) -> pd.DataFrame:
        """Return how often events happened that were given each probability.

        Parameters
        ----------
        method : str
        indicator : str, optional
            Default: all together.
        leads : str, optional
            A block such as ``"1-3"``. Default: all.
        ci_prob : float

        Returns
        -------
        pandas.DataFrame
            Indexed by the probability: ``frequency``, the band from ``lower`` to ``upper`` that a
            calibrated forecast would keep to, ``pairs`` nearby.
        """
        return calibration.reliability(
            self._of(method, indicator, leads), step=self.step, ci_prob=_probability(ci_prob)
        )

    def _of(
        self, method: str, indicator: str | None = None, leads: str | None = None
    ) -> pd.DataFrame:
        chosen(method, "method", self.methods)
        rows = self.table[self.table["method"] == method]
        if indicator is not None:
            chosen(
                indicator,
                "indicator",
                [name for name in self.names if name in set(rows["indicator"])],
            )
            rows = rows[rows["indicator"] == indicator]
        if leads is None:
            return rows
        chosen(leads, "leads", [name for name in LEADS if name in set(rows["leads"])])
        return rows[rows["leads"] == leads]

    def peer(self, given: pd.DataFrame | str | Path, indicator: str) -> pd.DataFrame:
        r"""Return somebody else's point forecasts beside our medians.

        Parameters
        ----------
        given : pandas.DataFrame, str or Path
            A table, or a CSV file, with ``origin`` (the first month that was forecast), ``month``
            and ``mean``.
        indicator : str

        Returns
        -------
        pandas.DataFrame
            Indexed by ``ahead``, months after the last one that was known, which is one more than
            our lead: ``pairs``, and the mean of \|log(1 + forecast) - log(1 + observed)\| of the
            peer, of the model and of what it is compared with, over the months that all forecast.
            Forecasts below 0 count as 0.

        Raises
        ------
        ArgumentError
            If the table lacks a column, shares no month with ours, or this one is strict: a peer's
            forecasts that were made again from revised data belong beside revised data.
        """
        if self.data == "strict":
            raise ArgumentError(
                "this table is strict; a peer is compared on revised data alone: run the back test "
                "with data='revised'"
            )
        chosen(name_of(indicator, "indicator"), "indicator", tuple(self.names))
        return peer_table(
            self.table[self.table["indicator"] == indicator], read_peer(given), indicator
        )

    def heading(self, lang: str = "en") -> str:
        """Say which data the table is of; belongs above everything that is read from it."""
        return words_of(lang).say(f"backtest_{self.data}")

    def sentence(self, lang: str = "en") -> str:
        """Say what was held against what, and how the model did.

        Parameters
        ----------
        lang : {"en", "ar"}
        """
        words = words_of(lang)
        origins = self.table["origin"]
        pairs = len(self.table.drop_duplicates(["origin", "indicator", "month"]))
        lines = [
            self.heading(lang),
            words.say(
                "backtest_counts",
                pairs=f"{pairs:,}",
                origins=str(origins.nunique()),
                first=origins.min(),
                last=origins.max(),
            ),
        ]
        unresolved = 0
        for key, row in self.summary.iterrows():
            indicator, leads = cast("tuple[str, str]", key)
            if not isinstance(row.get("best"), str):
                continue
            if not math.isfinite(row["lower"]):
                unresolved += 1
                continue
            rest = float(row["without_worst"])
            lines.append(
                words.say(
                    "backtest_skill",
                    indicator=self.names[indicator][lang],
                    leads=leads_in_words(leads, lang),
                    skill=share(float(row["skill"]), lang),
                    interval=share_interval(float(row["lower"]), float(row["upper"]), lang),
                    best=words.methods[row["best"]],
                    month=row["worst_month"],
                    rest=share(rest, lang) if math.isfinite(rest) else words.names["not_resolved"],
                )
            )
        if unresolved:
            lines.append(words.say("backtest_unresolved", rows=str(unresolved)))
        if len(loose := self.loose_fits):
            lines.append(words.say("backtest_loose", loose=str(len(loose)), fits=len(self.fits)))
        return " ".join(lines)

    @property
    def loose_fits(self) -> pd.DataFrame:
        """The fits whose chains do not agree: an R-hat above 1.1, or a divergence."""
        found = self.fits
        return found[(found["rhat_max"] > _MOST_RHAT) | (found["divergences"] > 0)]

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the table, as Parquet or CSV by its name; it appears whole or not at all."""
        # A block such as 1-3 is a date to spreadsheets, and follows from the lead.
        write_table(table_target(path), self.table.drop(columns="leads").assign(data=self.data))

    def to_dict(self) -> dict[str, Any]:
        """Return model, data and summary as JSON-ready data."""
        return {
            "model": self.model,
            "data": self.data,
            "heading": self.heading(),
            "origins": sorted(self.table["origin"].unique().tolist()),
            "methods": list(self.methods),
            "summary": json_lines(self.summary),
            "loose_fits": len(self.loose_fits),
        }

    def __repr__(self) -> str:
        origins = self.table["origin"]
        return (
            f"Backtest({self.model!r}, {self.data} data, {origins.nunique()} origins "
            f"{origins.min()} to {origins.max()}, {len(self.table)} rows)"
        )

    def _repr_html_(self) -> str:
        """Show the heading and the summary."""
        table = self.summary.to_html(float_format=lambda value: f"{value:.3g}", border=0)
        return f"<p>{escape(self.heading())}</p>\n{table}"


def json_lines(summary: pd.DataFrame) -> list[dict[str, Any]]:
    """Return the lines of a table, its index among them, as JSON-ready data."""
    return [
        {str(name): _json_cell(value) for name, value in line.items()}
        for line in summary.reset_index().to_dict("records")
    ]


def _json_cell(value: Any) -> Any:
    if isinstance(value, datetime.date):
        return value.isoformat()
    return json_number(value) if isinstance(value, float) else value


def _probability(ci_prob: float) -> float:
    return number(ci_prob, "ci_prob", above=0, below=1)


def skill_of(
    wide: pd.DataFrame, method: str, over: str, *, step: int, name: str, ci_prob: float = 0.9
) -> Skill:
    """Return the skill of one column of scores over another.

    Parameters
    ----------
    wide : pandas.DataFrame
        Indexed by ``origin_number``, ``month`` and ``lead``, among others.
    method, over : str
        Columns.
    step : int
        Months between origins.
    name : str
        Of the stream of random numbers.
    ci_prob : float
    """
    longest = int(wide.index.get_level_values("lead").max())
    return skill(
        wide[method].to_numpy(),
        wide[over].to_numpy(),
        wide.index.get_level_values("origin_number").to_numpy(),
        months=wide.index.get_level_values("month").nunique(),
        block=block_of(longest, step),
        ci_prob=ci_prob,
        name=name,
    )


def _wide(rows: pd.DataFrame, score: str, methods: Sequence[str]) -> pd.DataFrame:
    """Return a column of scores a method, of the months that all of them forecast."""
    index = ["origin_number", "month", "lead"]
    return rows.pivot(index=index, columns="method", values=score)[list(methods)].dropna()
