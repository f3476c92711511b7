"""What simulated worlds say of a library: are its ranks uniform, do its intervals hold the truth?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator
from scipy import stats
from tests.calibration.worlds import CI_PROB, Record

__all__ = ["FAMILY_WISE", "TOLERANCE", "Coverage", "Ranks"]

FAMILY_WISE: Final = 0.001
"""Probability with which a library without fault may fail a run's ranks."""

TOLERANCE: Final = 0.04
"""How far the share of intervals that hold the truth may lie from what they promise."""

_KINDS: Final = {
    "half_life": "half-lives",
    "own_scale": "own scales",
    "baseline": "baselines",
    "weight_size": "weights",
    "event_effect": "effects of events",
    "reference": "references",
    "loading": "loadings",
    "error": "errors",
    "gap": "gaps between grades",
    "level": "levels",
    "value": "values at the horizon",
    "probability": "condition probabilities",
    "log density": "log densities",
}

_SOUND, _WORST, _GREY = "#1f5a7a", "#b03a2e", "0.35"


@dataclass(frozen=True)
class Ranks:
    """Ranks of truths among posterior draws.

    Parameters
    ----------
    ranks : DataFrame
        One row a world, one column a quantity; from 0 to ``draws``.
    draws : int
    ess : DataFrame
        Effective sample size of the draws, shaped like ``ranks``.
    """

    ranks: pd.DataFrame
    draws: int
    ess: pd.DataFrame

    @classmethod
    def of(cls, records: Sequence[Record], draws: int) -> Ranks:
        """Gather the ranks of worlds."""
        return cls(
            pd.DataFrame([r["ranks"] for r in records]),
            draws,
            pd.DataFrame([r["ess"] for r in records]),
        )

    def uniform(self) -> pd.DataFrame:
        """Return the ranks as numbers that are uniform on (0, 1) where the ranks are uniform."""
        noise = np.random.default_rng(20).random(self.ranks.shape)
        return (self.ranks + noise) / (self.draws + 1)

    def table(self) -> pd.DataFrame:
        """Return one row a quantity, smallest p-value first."""
        u = self.uniform()
        shift = [stats.kstest(u[name], "uniform").pvalue for name in u]
        width = [stats.kstest(np.abs(2 * u[name] - 1), "uniform").pvalue for name in u]
        p = np.minimum(1.0, 2 * np.minimum(shift, width))
        table = pd.DataFrame(
            {"mean": u.mean().values, "sd": u.std().values, "ess": self.ess.mean().values, "p": p},
            index=u.columns,
        )
        return table.rename_axis("quantity").sort_values("p")

    @property
    def p(self) -> float:
        """P-value of the whole run."""
        table = self.table()
        return min(1.0, float(table["p"].min()) * len(table))

    def plot(self, path: str | Path, title: str) -> None:
        """Draw the ECDF of every quantity minus the uniform one, kind by kind, with the bands of its Kolmogorov law."""
        u, table = self.uniform(), self.table()
        kinds: dict[str, list[str]] = {}
        for name in u:
            kinds.setdefault(str(name).split("[")[0], []).append(name)
        columns = 5
        lines = -(-len(kinds) // columns)
        figure = Figure(figsize=(3.0 * columns, 2.5 * lines + 0.6), layout="constrained")
        FigureCanvasAgg(figure)
        single, joint = stats.kstwo.isf(0.05, len(u)), stats.kstwo.isf(0.05 / len(table), len(u))
        for place, (kind, names) in enumerate(kinds.items()):
            axes = figure.add_subplot(lines, columns, place + 1)
            axes.axhspan(-joint, joint, color="0.93", lw=0)
            axes.axhspan(-single, single, color="0.85", lw=0)
            worst = table.loc[names, "p"].idxmin()
            for name in names:
                values = np.sort(u[name])
                steps = np.repeat(np.arange(len(values) + 1) / len(values), 2)
                at = np.concatenate([[0.0], np.repeat(values, 2), [1.0]])
                style: dict[str, Any] = {"lw": 1.3, "color": _WORST, "zorder": 3}
                if name != worst:
                    style = {"lw": 0.6, "color": _SOUND, "alpha": 0.6}
                axes.plot(at, steps - at, **style)
            label = str(worst).removeprefix(f"{kind}[").removesuffix("]")
            axes.set_title(f"{_KINDS.get(kind, kind)} ({len(names)})", fontsize=9)
            axes.text(
                0.5, 0.03, f"{label.replace('_', ' ')}\np = {table.loc[worst, 'p']:.2g}", transform=axes.transAxes,
                ha="center", fontsize=6.5, color=_WORST,
            )  # fmt: skip
            axes.set_xlim(0, 1)
            axes.set_ylim(-1.8 * joint, 1.4 * joint)
            axes.tick_params(labelsize=7)
        figure.suptitle(
            f"{title}: rank ECDF minus uniform, {len(u)} worlds. Bands hold a whole curve (dark) or all {len(table)} "
            f"(light) with probability 95 %.\nRed: the smallest p-value of its kind. Of the whole run p = {self.p:.2g}.",
            fontsize=9,
        )
        figure.savefig(path, dpi=120)


@dataclass(frozen=True)
class Coverage:
    """Whether intervals hold the truth.

    Parameters
    ----------
    cells : DataFrame
        One row a cell of a world: ``world``, ``kind``, ``label``, ``month`` from 0, ``pit``, ``printed``.

    Notes
    -----
    A cell counts as covered where the truth lies between the 5 % and 95 % quantiles, with ties among draws broken
    at random: exactly 90 % of the time where the fit is right, also for counts, grades and yes or no. Intervals
    as printed include both ends and so hold the truth more often where values are discrete.
    """

    cells: pd.DataFrame

    @classmethod
    def of(cls, records: Sequence[Record]) -> Coverage:
        """Gather the cells of worlds."""
        rows = [
            (world, kind, label, month, u, inside)
            for world, record in enumerate(records)
            for kind, labels in record["pit"].items()
            for label, months in labels.items()
            for month, (u, inside) in enumerate(
                zip(months, record["printed"][kind][label], strict=True)
            )
        ]
        cells = pd.DataFrame(rows, columns=["world", "kind", "label", "month", "pit", "printed"])
        tail = (1 - CI_PROB) / 2
        return cls(cells.assign(covered=cells["pit"].between(tail, 1 - tail)))

    def table(self, by: Sequence[str] = ("kind",)) -> pd.DataFrame:
        """Return the share covered with its standard error over worlds, which alone are independent."""
        by = list(by)
        shares = self.cells.groupby([*by, "world"], sort=False)[["covered", "printed"]].mean()
        found = shares.groupby(by, sort=False).agg(["mean", "sem"])
        return pd.DataFrame(
            {
                "covered": found["covered", "mean"],
                "se": found["covered", "sem"],
                "printed": found["printed", "mean"],
                "printed_se": found["printed", "sem"],
            }
        )

    def certified(self) -> bool:
        """Say whether every kind covers what it promises within the tolerance, and no printed interval less."""
        table = self.table()
        return bool(
            ((table["covered"] - CI_PROB).abs() <= TOLERANCE).all()
            and (table["printed"] >= CI_PROB - TOLERANCE).all()
        )  # fmt: skip

    def plot(self, path: str | Path, title: str, months: int) -> None:
        """Draw the share covered month by month, and for every factor, indicator and condition."""
        by_label = self.table(("kind", "label"))
        height = max(5.0, 0.17 * len(by_label) + 1.5)
        figure = Figure(figsize=(12, height), layout="constrained")
        FigureCanvasAgg(figure)
        grid = figure.add_gridspec(2, 2, width_ratios=[1.2, 1], height_ratios=[4.9, height - 4.9])
        self._draw_months(figure.add_subplot(grid[0, 0]), months)
        labels = figure.add_subplot(grid[:, 1])
        place, ticks = 0.0, []
        for kind, (colour, _) in _STYLES.items():
            for label, row in by_label.loc[kind].iterrows():
                labels.errorbar(
                    row["covered"], place, xerr=2 * row["se"], fmt="o", ms=3, lw=0.9, color=colour
                )
                if kind in ("probability", "difference", "value ahead"):
                    labels.plot(row["printed"], place, marker="|", ms=6, mew=1.2, color="black")
                ticks.append((place, str(label).replace("_", " ")))
                place += 1
            place += 1
        labels.set_yticks([at for at, _ in ticks], [text for _, text in ticks], fontsize=7)
        labels.set_ylim(place - 1, -1)
        labels.axvline(CI_PROB, color=_GREY, lw=0.8)
        labels.axvspan(CI_PROB - TOLERANCE, CI_PROB + TOLERANCE, color="0.92", lw=0, zorder=0)
        labels.set_xlim(min(0.8, labels.get_xlim()[0]), 1.01)
        labels.set_xlabel(
            "share covered (bars: 2 standard errors; ticks: intervals as printed)", fontsize=8
        )
        labels.tick_params(axis="x", labelsize=7)
        worlds = self.cells["world"].nunique()
        figure.suptitle(
            f"{title}: truths within {CI_PROB:.0%} intervals, {worlds} simulated worlds",
            fontsize=10,
        )
        figure.savefig(path, dpi=120)

    def _draw_months(self, axes: Axes, months: int) -> None:
        table, whole = self.table(("kind", "month")), self.table()
        last = int(table.loc["level ahead"].index.max()) + 1
        for kind, (colour, aside) in _STYLES.items():
            part = table.loc[kind]
            # A probability speaks of the horizon; levels in the fit end with month 0.
            first = {"level in the fit": 1 - months, "probability": last, "difference": last}.get(
                kind, 1
            )
            axes.errorbar(
                part.index.to_numpy() + first + aside, part["covered"], yerr=2 * part["se"], fmt="o-", ms=3, lw=0.9,
                color=colour, label=f"{kind}: {whole.loc[kind, 'covered']:.1%} ± {whole.loc[kind, 'se']:.1%}",
            )  # fmt: skip
        axes.axhline(CI_PROB, color=_GREY, lw=0.8)
        axes.axhspan(CI_PROB - TOLERANCE, CI_PROB + TOLERANCE, color="0.92", lw=0, zorder=0)
        axes.axvline(0.5, color=_GREY, lw=0.8, ls=":")
        low = min(0.8, axes.get_ylim()[0])
        axes.set_ylim(low - 0.4 * (1 - low), 1.01)
        axes.xaxis.set_major_locator(MaxNLocator(integer=True))
        axes.set_xlabel("months after the last month of evidence", fontsize=8)
        axes.set_ylabel("share covered (bars: 2 standard errors)", fontsize=8)
        axes.tick_params(labelsize=7)
        axes.legend(
            fontsize=7, loc="lower left", title="share covered ± standard error", title_fontsize=7
        )


_STYLES: Final = {
    "level in the fit": ("#1f5a7a", 0.0),
    "level ahead": ("#3f9a6b", -0.15),
    "value ahead": ("#c77d1e", 0.15),
    "probability": ("#7a3b8f", 0.45),
    "difference": ("#b03a2e", 0.6),
}
"""By kind: colour, and how far aside of its month it is drawn so that bars do not overlap."""
