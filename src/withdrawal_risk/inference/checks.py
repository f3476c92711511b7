"""How far a posterior may be trusted: sampler, predictive coverage, identification."""

from __future__ import annotations

from dataclasses import dataclass, field
from html import escape
from typing import Final
from weakref import WeakKeyDictionary

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import bdtr, bdtrc

from withdrawal_risk.dynamics.scale import spectral_radius
from withdrawal_risk.inference.posterior import Posterior, path_inputs, the_posterior

__all__ = ["CheckResult", "check", "failed_checks"]


_FALSE_ALARM: Final = 0.001
"""Chance with which independent rows would fall short of the limit of predictive coverage, were the intervals right."""


@dataclass(frozen=True, eq=False, repr=False)
class CheckResult:
    """The verdict of one check.

    Parameters
    ----------
    name : str
    passed : bool or None
        None where the check informs and does not judge.
    text : str
        The verdict in a sentence, with the figure and the limit.
    table : pandas.DataFrame
        What it rests on; may be empty.
    """

    name: str
    passed: bool | None
    text: str
    table: pd.DataFrame = field(default_factory=pd.DataFrame)

    @property
    def verdict(self) -> str:
        """The verdict in a word."""
        return {True: "passed", False: "FAILED", None: "note"}[self.passed]

    def __repr__(self) -> str:
        """Say it in a line."""
        return f"CheckResult({self.name}: {self.verdict}; {self.text[:300]})"

    def _repr_html_(self) -> str:
        """Show it with the table it rests on."""
        table = "" if self.table.empty else self.table.to_html(float_format=lambda v: f"{v:.4g}", max_rows=60, border=0)
        return f"<p>{escape(f'{self.name}: {self.verdict}; {self.text}')}</p>\n{table}"


def _sampler(posterior: Posterior) -> list[CheckResult]:
    d = posterior.settings["diagnostics"]
    return [
        CheckResult("finite", bool(d["finite"]), "every draw is a finite number" if d["finite"] else "some draws are nan or infinite; narrow the ranges of the file"),
        _judged("rhat", d["rhat_max"] <= 1.01, f"largest R-hat {d['rhat_max']:.4f} ({d['unsettled']}), limit 1.01", _LONGER),
        _judged("ess_bulk", d["ess_min"] >= 400, f"smallest bulk ESS {d['ess_min']:.0f} ({d['slowest']}), limit 400", _LONGER),
        _judged("ess_tail", d["ess_tail_min"] >= 400, f"smallest tail ESS {d['ess_tail_min']:.0f} ({d['slowest_tail']}), limit 400", _LONGER),
        _judged("divergences", d["divergences"] == 0, f"{d['divergences']} divergences, limit 0", "fit with target_accept=0.995"),
        _judged("bfmi", d["bfmi_min"] >= 0.3, f"smallest BFMI {d['bfmi_min']:.2f}, limit 0.3", "fit with more tune, and look for ranges far wider than the evidence allows"),
    ]  # fmt: skip


_LONGER: Final = "fit with more draws and tune"


def _judged(name: str, passed: bool, text: str, remedy: str) -> CheckResult:
    """Return a verdict of the sampler, with what to do where it is no good one."""
    return CheckResult(name, bool(passed), text if passed else f"{text}; {remedy}")


def _worst(table: pd.DataFrame) -> str:
    """Name the indicators of which fewer rows lie inside than outside."""
    poor = [str(name) for name, row in table.iterrows() if 2 * row["sum"] < row["count"]]
    return f"; mostly outside: {', '.join(poor)}" if poor else ""


def _coverage(posterior: Posterior, group: str) -> CheckResult:
    """Count, indicator by indicator, the seen rows inside the 90 % predictive interval."""
    observed = posterior.tree["observed_data"].dataset
    indicator_of = {row.id: row.indicator for row in posterior.model.evidence}
    rows = []
    for name, array in posterior.tree[group].dataset.data_vars.items():
        family = str(name).removeprefix("observed_")
        draws = array.values.reshape(-1, array.shape[-1])
        low, high = np.quantile(draws, [0.05, 0.95], axis=0)
        value = observed[str(name)].values
        for r, row in enumerate(array[f"evidence_{family}"].values):
            rows.append((indicator_of.get(str(row), family), bool(low[r] <= value[r] <= high[r])))
    table = pd.DataFrame(rows, columns=["indicator", "inside"]).groupby("indicator")["inside"].agg(["sum", "count"])
    inside, total = int(table["sum"].sum()), int(table["count"].sum())
    share = inside / total if total else 1.0
    # Of few rows as small a share is chance, were the intervals right; it is one that the binomial law allows for.
    chance = float(bdtr(inside, total, 0.9)) if total else 1.0
    passed = True if share >= 0.75 else False if chance < _FALSE_ALARM else None
    remark = "; too few rows to tell" if passed is None else ""
    # Too many inside is no fault of the answer, but says that it is less sure than the evidence allows.
    if passed and float(bdtrc(inside - 1, total, 0.9)) < _FALSE_ALARM:
        passed, remark = None, f"; about {0.9 * total:.0f} are expected, so the intervals are wider than needed"
    what = "prior" if group == "prior_predictive" else "posterior"
    return CheckResult(
        f"{what}_predictive", passed, f"{inside} of {total} evidence rows lie in the {what} predictive 90 % interval, limit 75 %{remark}{_worst(table)}", table
    )  # fmt: skip


def _current(posterior: Posterior, group: str) -> NDArray[np.float64]:
    """Return the inferred levels of the month of the ``as_of``, shape (draw, factor)."""
    now = posterior.as_of - posterior.kept.first
    return posterior.inferred_levels(group)[:, now]


def _identification(posterior: Posterior) -> CheckResult:
    frame = posterior.frame
    seen = {row.indicator for row in posterior.model.evidence_at(posterior.as_of)}
    counts = dict.fromkeys(frame.latent, 0)
    for name, item in frame.indicators:
        counts[item.measures] += name in seen
    after, before = (_current(posterior, group).std(axis=0) for group in ("posterior", "prior"))
    ratio = dict(zip(frame.latent, (after / before).tolist(), strict=True))
    table = pd.DataFrame({"indicators_with_evidence": counts, "posterior_over_prior_sd": ratio})
    blind = [name for name, count in counts.items() if count == 0]
    return CheckResult(
        "identification",
        None,
        f"{len(blind)} of {len(counts)} factors have no evidence of their own and rest on the prior and their "
        f"neighbours: {', '.join(blind) or 'none'}",
        table,
    )


def _stability(posterior: Posterior, looked_at: int = 200) -> CheckResult:
    """Look for draws whose feedback grows without bound; the file's mean weights alone cannot rule them out."""
    frame, draws = posterior.frame, posterior.draws()
    some = np.linspace(0, len(draws["half_life"]) - 1, looked_at).astype(int)
    inputs = path_inputs(
        posterior.model, frame, {name: values[some] for name, values in draws.items()}, posterior.as_of, frame.window
    )
    radius = np.array(
        [spectral_radius(frame.structure, phi, w) for phi, w in zip(inputs.phi, inputs.weight, strict=True)]
    )
    explosive = int((radius >= 1).sum())
    return CheckResult(
        "stability", explosive == 0,
        f"{explosive} of {len(some)} draws looked at have explosive feedback, limit 0; largest spectral radius "
        f"{radius.max():.3f}{'; weaken the weights of a feedback loop' if explosive else ''}",
    )  # fmt: skip


def _prior_sensitivity(posterior: Posterior) -> CheckResult:
    """Say how far the current levels move when a group of priors is raised to a power.

    The derivative of a posterior mean with respect to the power of a density is its covariance with the log
    density (Kallioinen et al., Statistics and Computing 34, 2024); it is given for a doubling, in posterior sd.
    """
    frame = posterior.frame
    level = _current(posterior, "posterior")
    sd = level.std(axis=0)
    # A level that is the same in all draws is not moved by anything.
    standard = (level - level.mean(axis=0)) / np.where(sd > 0, sd, 1.0)
    density = {
        str(name): array.values.reshape(len(level), -1).sum(axis=1)
        for name, array in posterior.tree["log_prior"].dataset.data_vars.items()
    }
    likelihood = posterior.tree["log_likelihood"].dataset
    density["evidence"] = np.sum(
        [np.zeros(len(level)), *(array.values.reshape(len(level), -1).sum(axis=1) for array in likelihood.values())],
        axis=0,
    )
    moved = {name: np.log(2) * (standard * (lp - lp.mean())[:, None]).mean(axis=0) for name, lp in density.items()}
    table = pd.DataFrame(moved, index=list(frame.latent)).T.rename_axis("doubled")
    priors = table.drop(index="evidence").abs()
    group, factor = priors.stack().idxmax()  # type: ignore[misc]
    return CheckResult(
        "prior_sensitivity", None,
        f"sharpening one group of priors twofold moves no current level by more than {priors.max().max():.2f} "
        f"posterior sd ({factor}, by the priors of {group})", table,
    )  # fmt: skip


_FAILED: WeakKeyDictionary[Posterior, tuple[CheckResult, ...]] = WeakKeyDictionary()


def failed_checks(posterior: Posterior) -> tuple[CheckResult, ...]:
    """Return the checks that a posterior fails, worked out once; none of one that no sampler made."""
    if "diagnostics" not in posterior.settings:
        return ()
    if posterior not in _FAILED:
        _FAILED[posterior] = tuple(item for item in check(posterior) if item.passed is False)
    return _FAILED[posterior]


def check(posterior: Posterior) -> list[CheckResult]:
    """Check a posterior.

    Parameters
    ----------
    posterior : Posterior

    Returns
    -------
    list of CheckResult
        Sampler, predictive coverage, stability, identification, prior sensitivity.

    Raises
    ------
    QueryError
        If it is not one.
    """
    the_posterior(posterior, "check")
    return [
        *_sampler(posterior),
        _coverage(posterior, "prior_predictive"),
        _coverage(posterior, "posterior_predictive"),
        _stability(posterior),
        _identification(posterior),
        _prior_sensitivity(posterior),
    ]
