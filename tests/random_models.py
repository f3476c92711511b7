"""Random model files that use everything the format has to offer, as plain data."""

from __future__ import annotations

import calendar
import csv
import io
import json
from typing import Any, Final

import numpy as np

File = dict[str, Any]
Rows = list[dict[str, str]]

COLUMNS: Final = (
    "id", "indicator", "start", "end", "published", "value", "low", "high", "se", "grade", "source", "url", "note",
)  # fmt: skip
MONTHS: Final = 14
"""Months up to the file's ``as_of``."""

_SAYS: Final = {"basis": "judgement: invented for tests", "why": "It is invented."}
_RULES: Final = (
    "same_month", "press", "monthly_index", "ngo_year", "ministry", "oversight", "official_year", "annual_index",
)  # fmt: skip
_GRADES: Final = ["none", "few", "some", "many", "all"]


def model_text(file: File) -> str:
    """Write the model file; JSON is YAML 1.2."""
    return json.dumps(file)


def evidence_text(rows: Rows) -> str:
    """Write the evidence file."""
    out = io.StringIO()
    writer = csv.DictWriter(out, COLUMNS, restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


def later(month: str, count: int) -> str:
    """Return the month so many months after another."""
    number = 12 * int(month[:4]) + int(month[5:7]) - 1 + count
    return f"{number // 12}-{number % 12 + 1:02d}"


def shuffled(tree: Any, rng: np.random.Generator) -> Any:
    """Reorder every mapping and every list without an order of its own."""
    if isinstance(tree, dict):
        keys = [list(tree)[place] for place in rng.permutation(len(tree))]
        return {
            key: tree[key]
            if key in ("categories", "at_reference", "path")
            else shuffled(tree[key], rng)
            for key in keys
        }
    if isinstance(tree, list):
        return [shuffled(tree[place], rng) for place in rng.permutation(len(tree))]
    return tree


class _Writer:
    """Draws one file."""

    def __init__(self, rng: np.random.Generator) -> None:
        self.rng = rng
        self.first = later("2022-06", int(rng.integers(0, 24)))
        self.used = 0

    def name(self) -> str:
        """Draw a name; random first letters mix all alphabetical orders."""
        self.used += 1
        return f"{self.rng.choice(list('abcdefghij'))}{self.used}"

    def month(self, t: int) -> str:
        return later(self.first, t)

    def pick(self, *items: Any) -> Any:
        return items[int(self.rng.integers(len(items)))]

    def quantiles(
        self, low: tuple[float, float], width: tuple[float, float], sign: int = 1
    ) -> dict[str, float]:
        """Draw a 5th percentile and the distance to the 95th; a sign of -1 mirrors both."""
        p5 = float(self.rng.uniform(*low))
        ends = sorted((sign * p5, sign * (p5 + float(self.rng.uniform(*width)))))
        return {"p5": ends[0], "p95": ends[1]}

    def factor(self, name: str, innovations: str) -> dict[str, Any]:
        return {
            "role": "driver", "label": name, "worse": "high", "innovations": innovations,
            "half_life": self.quantiles((1, 4), (2, 8)), **_SAYS,
        }  # fmt: skip

    def weight(self) -> Any:
        """Draw a weight, by word or by percentiles, so that two parents leave a child a variation of its own."""
        return self.pick(
            *("+weak", "-weak", "+moderate", "-moderate"),
            *(self.quantiles((0.05, 0.2), (0.1, 0.3), sign) for sign in (-1, 1)),
        )

    def edges(self, factors: list[str], policies: list[str]) -> list[dict[str, Any]]:
        """Draw earlier parents for every factor but one, a lagged feedback, and what the policies act on."""
        order = list(self.rng.permutation(factors))
        pairs = [
            (str(parent), str(child), int(self.rng.integers(0, 4)), self.weight())
            for place, child in enumerate(order)
            for parent in self.rng.choice(order[:place], size=min(place, 2), replace=False)
        ]
        pairs.append((str(order[-1]), str(order[0]), int(self.rng.integers(1, 4)), self.weight()))
        pairs += [
            (policy, str(child), int(self.rng.integers(0, 3)), self.pick("+strong", "-strong"))
            for policy in policies
            for child in self.rng.choice(factors, size=2, replace=False)
        ]
        return [
            {"from": parent, "to": child, "lag": lag, "weight": weight, **_SAYS}
            for parent, child, lag, weight in pairs
        ]

    def policy(self, name: str) -> dict[str, Any]:
        """Draw a policy that turns twice before ``as_of`` and once after, announced up to five months before."""
        turns = [
            -3,
            *sorted(int(t) for t in self.rng.choice(np.arange(1, MONTHS), size=2, replace=False)),
            MONTHS + 2,
        ]
        path = [{"from": self.month(t), "value": float(self.rng.normal(2000, 1500))} for t in turns]
        for place in (1, 2, 3):
            path[place]["published"] = self.month(
                max(turns[place] - int(self.rng.integers(0, 6)), 0)
            )
        return {
            "label": name, "worse": "low", "unit": "troops", "reference": 2000.0,
            "per_level": self.pick(-800.0, 1000.0), "path": path, **_SAYS,
        }  # fmt: skip

    def event(self, name: str, shape: str, factors: list[str]) -> dict[str, Any]:
        begin = int(self.rng.integers(1, MONTHS - 2))
        event: dict[str, Any] = {
            "label": name, "shape": shape, "from": self.month(begin), **_SAYS,
            "effects": [
                {"factor": str(factor), "size": self.quantiles((-3, 1), (1, 4))}
                for factor in self.rng.choice(factors, size=2, replace=False)
            ],
        }  # fmt: skip
        if shape == "window":
            event["to"] = self.month(begin + int(self.rng.integers(0, 5)))
        if self.rng.random() < 0.5:
            event["published"] = self.month(begin + self.pick(-1, 2))
        return event

    def add_tails(self, file: File, rows: Rows) -> None:
        """Give indicators heavy tails and other errors over a span, and let flows stop."""
        for name, item in file["indicators"].items():
            if item["family"] in ("normal", "lognormal", "share"):
                item |= {"tail": "student_t", "error_over_span": "independent"}
            if item["family"] == "count":
                item["error_over_span"] = "shared"
            if item["family"] == "lognormal":
                item["can_be_zero"] = self.quantiles((0.02, 0.1), (0.1, 0.3))
                item["zero_odds_ratio_per_level"] = self.quantiles((1.1, 1.6), (0.3, 1))
                for row in [row for row in rows if row["indicator"] == name][:2]:
                    row |= {"value": "0", "low": "", "high": "", "se": ""}

    def state(self, name: str, factors: list[str]) -> dict[str, Any]:
        return {
            "family": "state", "measures": self.pick(*factors), "label": name, "unit": "yes or no",
            "polarity": self.pick("+", "-"), "enters": self.quantiles((0.02, 0.1), (0.1, 0.3)),
            "leaves": self.quantiles((0.02, 0.1), (0.1, 0.3)), "odds_ratio_per_level": self.quantiles((1.1, 1.6), (0.3, 1)),
            **_SAYS,
        }  # fmt: skip

    def looks(self, indicator: str, *, for_good: bool) -> list[dict[str, str]]:
        """Draw looks that overlap; where a yes is for good none follows it."""
        rows = []
        for number in range(5):
            start, end, last = self.span()
            yes = last >= MONTHS // 2 if for_good else self.rng.random() < 0.5
            if for_good and yes:
                start = end
            rows.append({
                "id": f"{indicator}_{number}", "indicator": indicator, "start": start, "end": end, "source": "invented",
                "published": f"rule:{self.pick('same_month', 'press', 'ngo_year')}", "value": "1" if yes else "0",
                "grade": self.pick("A", "B", "C"),
            })  # fmt: skip
        return rows

    def add_drift(self, file: File) -> None:
        """Give every factor drift, known or unknown and with jumps in either speed, and let events last."""
        kinds = [("slow", True), ("fast", False), ("both", True), (None, False)]
        for (jumps, known), factor in zip(kinds, file["factors"].values(), strict=True):
            factor["innovations"] = "student_t" if jumps else "normal"
            share, half_life = (
                self.quantiles((0.3, 0.6), (0.1, 0.3)),
                self.quantiles((15, 30), (20, 60)),
            )
            factor["drift"] = {
                "share": 0.8 if known else share, "half_life": half_life if jumps == "both" or not known else 48,
            } | ({"jumps": jumps} if jumps in ("fast", "both") else {})  # fmt: skip
        for event in file["events"].values():
            if event["shape"] != "step":
                for place, effect in enumerate(event["effects"]):
                    effect["lasting"] = 0.4 if place else {"p5": 0.2, "p95": 0.7}

    def indicator(self, name: str, family: str, factors: list[str], grades: int) -> dict[str, Any]:
        item: dict[str, Any] = {
            "family": family, "measures": self.pick(*factors), "label": name, "unit": "units",
            "polarity": self.pick("+", "-", 1, -1), **_SAYS,
        }  # fmt: skip
        if family in ("normal", "ordinal"):
            item["change_per_level"] = self.quantiles((0.3, 0.8), (0.3, 1))
        else:
            odds = "odds_" if family in ("share", "binary") else ""
            item[f"{odds}ratio_per_level"] = self.quantiles((1.1, 1.6), (0.3, 1))
        if family == "ordinal":
            # Whole hundredths, so that they add up to 1.
            cuts = np.sort(self.rng.choice(np.arange(8, 92, 8), size=grades - 1, replace=False))
            item["categories"] = _GRADES[:grades]
            item["at_reference"] = [int(width) / 100 for width in np.diff([0, *cuts, 100])]
            if self.rng.random() < 0.5:
                item["uncertainty"] = 0.25
            return item
        if family == "normal":
            item["at_reference"] = self.quantiles((-3, 1), (1, 4))
        elif family in ("share", "binary"):
            item["at_reference"] = self.quantiles((0.2, 0.4), (0.2, 0.4))
        else:
            item["at_reference"] = self.quantiles((4, 20), (5, 40))
        if family != "binary":
            item["error"] = self.quantiles((0.05, 0.2), (0.1, 0.5))
        return item

    def span(self) -> tuple[str, str, int]:
        """Draw start and end, of whole months or in the middle of them, and the last month."""
        begin = int(self.rng.integers(0, MONTHS))
        end = min(begin + int(self.rng.integers(0, 4)), MONTHS - 1)
        start, finish = self.month(begin), self.month(end)
        if self.rng.random() < 0.6:
            return start, finish, end
        last = calendar.monthrange(int(finish[:4]), int(finish[5:]))[1]
        return (
            f"{start}-{self.rng.integers(1, 15):02d}",
            f"{finish}-{self.rng.integers(15, last + 1):02d}",
            end,
        )

    def row(self, name: str, indicator: str, item: dict[str, Any], stated: str) -> dict[str, str]:
        """Draw a row; ``stated`` is what it says of its error."""
        start, end, last = self.span()
        row = {
            "id": name, "indicator": indicator, "start": start, "end": end, "source": "invented",
            "published": self.pick(self.month(last + self.pick(0, 1, 3)), f"rule:{self.pick(*_RULES)}"),
            "grade": self.pick("A", "B", "C"),
        }  # fmt: skip
        family, rng = item["family"], self.rng
        if family == "ordinal":
            return row | {"value": self.pick(*item["categories"])}
        if family == "binary":
            return row | {"value": self.pick("0", "1")}
        value, spread = {
            "normal": lambda: (float(rng.normal(0, 2)), float(rng.uniform(0.1, 0.6))),
            "lognormal": lambda: (float(rng.uniform(5, 40)), float(rng.uniform(0.5, 3))),
            "count": lambda: (int(rng.integers(4, 60)), int(rng.integers(1, 4))),
            "share": lambda: (float(rng.uniform(0.2, 0.8)), float(rng.uniform(0.02, 0.1))),
        }[family]()
        if stated == "se":
            return row | {"value": repr(value), "se": repr(spread)}
        figures = {"low": repr(value - spread), "high": repr(value + spread)}
        if stated == "range":
            return row | figures
        return row | {"value": repr(value)} | (figures if stated == "both" else {})


def random_model(
    rng: np.random.Generator,
    *,
    innovations: tuple[str, ...] = ("normal", "student_t"),
    bare: bool = False,
    drifting: bool = False,
    lasting: bool = False,
    heavy: bool = False,
) -> tuple[File, Rows]:
    """Draw a model file and its evidence.

    Every family measures something, twice the ordinal one, with and without gaps between its cut points. Unless
    ``bare``, some factors have a start, some a baseline, and there are edges of every lag from 0 to 3, one of them a
    feedback, two policies, and events of every shape.

    Parameters
    ----------
    rng : Generator
    innovations : tuple of str
        What the factors have, in turn.
    bare : bool
        Without edges, policies, events, starts and baselines.
    drifting : bool
        With drift in every factor, and parts of events that last.
    lasting : bool
        With states that last as indicators, of every kind of start and of leaving.
    heavy : bool
        With heavy tails, flows that can stop, and errors over a span other than usual.
    """
    writer = _Writer(rng)
    factors, policies = (
        [writer.name() for _ in range(4)],
        [writer.name() for _ in range(0 if bare else 2)],
    )
    file: File = {
        "id": "random", "title": "A random model", "evidence": "evidence.csv",
        "time": {"start": writer.month(0), "as_of": writer.month(MONTHS - 1), "horizon": writer.month(MONTHS + 5)},
        "factors": {
            name: writer.factor(name, innovations[place % len(innovations)]) for place, name in enumerate(factors)
        },
        "policies": {name: writer.policy(name) for name in policies},
        "edges": [] if bare else writer.edges(factors, policies),
        "events": {},
        "indicators": {},
        "conditions": {"calm": {"label": "Calm", "all": [{"factor": factors[0], "at_most": "medium"}], **_SAYS}},
    }  # fmt: skip
    if not bare:
        for name in rng.choice(factors, size=2, replace=False):
            file["factors"][str(name)]["start"] = writer.quantiles((-2, 0), (0.5, 2))
        for name in rng.choice(factors, size=2, replace=False):
            file["factors"][str(name)]["baseline"] = writer.quantiles((-1, 0), (0.5, 1.5))
        for shape in ("pulse", "window", "step"):
            name = writer.name()
            file["events"][name] = writer.event(name, shape, factors)
    if drifting:
        writer.add_drift(file)
    rows: Rows = []
    for family in ("normal", "lognormal", "count", "share", "ordinal", "binary", "ordinal"):
        name = writer.name()
        grades = (
            2 if family == "ordinal" and len(file["indicators"]) > 4 else int(rng.integers(3, 6))
        )
        item = file["indicators"][name] = writer.indicator(name, family, factors, grades)
        rows += [
            writer.row(f"{name}_{r}", name, item, stated)
            for r, stated in enumerate(("se", "range", "both", ""))
        ]
    if heavy:
        writer.add_tails(file, rows)
    if lasting:
        kinds: list[dict[str, Any]] = [
            {}, {"start": {"p5": 0.2, "p95": 0.7}}, {"start": "yes"}, {"leaves": 0}, {"leaves": 0, "start": {"p5": 0.1, "p95": 0.5}},
        ]  # fmt: skip
        for kind in kinds:
            name = writer.name()
            file["indicators"][name] = writer.state(name, factors) | kind
            rows += writer.looks(name, for_good=kind.get("leaves") == 0)
    return file, rows
