"""How far a posterior may be trusted: sampler, predictive coverage, identification."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from html import escape
from typing import Any, Final
from weakref import WeakKeyDictionary

import numpy as np
import pandas as pd
from scipy.special import bdtr, bdtrc

from withdrawal_risk.dynamics.scale import spectral_radius
from withdrawal_risk.inference.learning import RARE, current_levels, learning, level_learning
from withdrawal_risk.inference.path_inputs import path_inputs
from withdrawal_risk.inference.posterior import Posterior, checked_posterior
from withdrawal_risk.language import LANGUAGES, words_of
from withdrawal_risk.language.numbers import percent, signed
from withdrawal_risk.model.range_wording import range_in_words, range_label
from withdrawal_risk.model.ranges import range_at

__all__ = ["CheckResult", "check", "check_once", "failed_checks"]


_FALSE_ALARM: Final = 0.001
"""Chance with which independent rows would fall short of the limit of predictive coverage, were the
intervals right."""


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class CheckResult:
    """The verdict of one check.

    Parameters
    ----------
    name : str
    passed : bool or None
        None where the check informs and neither passes nor fails.
    texts : dict of str to str
        The finding in a sentence, with the number and the limit, by language.
    table : pandas.DataFrame
        What it rests on; may be empty.

    Examples
    --------
    >>> wr.check(posterior)[0]
    CheckResult(finite: passed; every draw is a finite number)
    """

    name: str
    passed: bool | None
    texts: Mapping[str, str]
    table: pd.DataFrame = field(default_factory=pd.DataFrame)

    @property
    def text(self) -> str:
        """The finding in English."""
        return self.texts["en"]

    def label(self, lang: str = "en") -> str:
        """Return the name of the check for people; ``lang`` is ``en`` or ``ar``."""
        return words_of(lang).check_names.get(self.name, self.name)

    @property
    def verdict(self) -> str:
        """The verdict in a word of English."""
        return self.verdict_in("en")

    def verdict_in(self, lang: str) -> str:
        """Return the verdict in a word; ``lang`` is ``en`` or ``ar``."""
        word = {True: "passed_check", False: "failed_check", None: "note"}[self.passed]
        return words_of(lang).tables[word]

    def sentence(self, lang: str = "en") -> str:
        """Return the finding; ``lang`` is ``en`` or ``ar``."""
        return self.texts[words_of(lang).code]

    def to_dict(self) -> dict[str, Any]:
        """Return the verdict as JSON-ready data."""
        return {"name": self.name, "passed": self.passed, "text": self.text}

    def __repr__(self) -> str:
        """Say it in a line."""
        return f"CheckResult({self.name}: {self.verdict}; {self.text[:300]})"

    def _repr_html_(self) -> str:
        """Show it with the table it rests on."""
        table = ""
        if not self.table.empty:
            table = self.table.to_html(
                float_format=lambda value: f"{value:.4g}", max_rows=60, border=0
            )
        return f"<p>{escape(f'{self.name}: {self.verdict}; {self.text}')}</p>\n{table}"


_GROUPS: Final = {
    "weight_size": "weights",
    "half_life": "half_lives",
    "own_scale": "own_scales",
    "start_innovation": "starts",
    "drift_share": "drift",
    "drift_half_life": "drift",
    "reference": "references",
    "loading": "loadings",
    "error": "errors",
    "category_gap_size": "category_gaps",
    "leaving": "leavings",
    "event_effect": "events",
    "event_lasting": "events",
}
"""What people call the priors of each parameter: keys of `groups` in a language."""


def _say(finding: str, remedy: str | None = None, **values: object) -> dict[str, str]:
    """Return a finding in every language, with what to do about it; elements are codes."""
    texts = {
        lang: words.checks[finding].format(
            **values | {"element": words.code_text(str(values.get("element", "")))}
        )
        for lang, words in LANGUAGES.items()
    }
    if remedy is None:
        return texts
    return {
        lang: words.checks[remedy].format(finding=texts[lang]) for lang, words in LANGUAGES.items()
    }


def _sampler(posterior: Posterior) -> list[CheckResult]:
    # Computed once, at the fit, with the chains at hand.
    d = posterior.settings["diagnostics"]
    limits = (
        ("rhat", d["rhat_max"] <= 1.01, f"{d['rhat_max']:.4f}", d["unsettled"], "fit_longer"),
        ("ess_bulk", d["ess_min"] >= 400, f"{d['ess_min']:.0f}", d["slowest"], "fit_longer"),
        (
            "ess_tail",
            d["ess_tail_min"] >= 400,
            f"{d['ess_tail_min']:.0f}",
            d["slowest_tail"],
            "fit_longer",
        ),
        ("divergences", d["divergences"] == 0, d["divergences"], "", "smaller_steps"),
        ("bfmi", d["bfmi_min"] >= 0.3, f"{d['bfmi_min']:.2f}", "", "tune_more"),
    )
    return [
        CheckResult(
            name="finite",
            passed=bool(d["finite"]),
            texts=_say("finite" if d["finite"] else "not_finite"),
        ),
        *(
            CheckResult(
                name=name,
                passed=bool(passed),
                texts=_say(name, None if passed else remedy, value=value, element=element),
            )
            for name, passed, value, element, remedy in limits
        ),
    ]


def _coverage(posterior: Posterior, group: str) -> CheckResult:
    """Count, indicator by indicator, the seen rows inside the 90 % predictive interval."""
    observed = posterior.tree["observed_data"].dataset
    indicator_of = {row.id: row.indicator for row in posterior.model.evidence}
    rows = []
    for name, array in posterior.tree[group].dataset.data_vars.items():
        draws = array.values.reshape(-1, array.shape[-1])
        # The predictive interval of every row.
        low, high = np.quantile(draws, [0.05, 0.95], axis=0)
        inside = (low <= observed[str(name)].values) & (observed[str(name)].values <= high)
        labels = array[str(array.dims[-1])].values
        rows += [
            (indicator_of.get(str(row), str(name)), bool(within))
            for row, within in zip(labels, inside, strict=True)
        ]
    table = pd.DataFrame(rows, columns=["indicator", "inside"])
    table = table.groupby("indicator")["inside"].agg(["sum", "count"])
    inside, total = int(table["sum"].sum()), int(table["count"].sum())
    share = inside / total if total else 1.0
    # Of few rows as small a share may be chance: the binomial law of sound intervals allows it.
    by_chance = float(bdtr(inside, total, 0.9)) if total else 1.0
    passed = True if share >= 0.75 else False if by_chance < _FALSE_ALARM else None
    remark = "few_rows" if passed is None else None
    # Too many inside is no fault, but the answer is less sure than the evidence allows.
    if passed and float(bdtrc(inside - 1, total, 0.9)) < _FALSE_ALARM:
        passed, remark = None, "too_wide"
    # The two checks differ only in what predicts.
    what = "prior" if group == "prior_predictive" else "posterior"
    outside = [str(name) for name, row in table.iterrows() if 2 * row["sum"] < row["count"]]
    labels = {
        name: item.label
        for name, item in posterior.model.spec.indicators.items()
        if name in outside
    }
    texts = {
        lang: words.checks[f"{what}_coverage"].format(
            inside=inside,
            total=total,
            remark=""
            if remark is None
            else words.checks[remark].format(expected=f"{0.9 * total:.0f}"),
            outside=""
            if not outside
            else words.checks["outside"].format(
                indicators=words.listed(
                    labels[name][lang] if name in labels else name for name in outside
                )
            ),
        )
        for lang, words in LANGUAGES.items()
    }
    return CheckResult(name=f"{what}_predictive", passed=passed, texts=texts, table=table)


def _identification(posterior: Posterior) -> CheckResult:
    frame = posterior.frame
    # Evidence of its own: of an indicator that measures the factor.
    seen = {row.indicator for row in posterior.model.evidence_at(posterior.as_of)}
    counts = dict.fromkeys(frame.latent, 0)
    for name, item in frame.indicators:
        counts[item.measures] += name in seen
    # How much the evidence narrowed today's level, compared with the prior.
    ratio = level_learning(posterior)["ratio"]
    table = pd.DataFrame({"indicators_with_evidence": counts, "posterior_over_prior_sd": ratio})
    blind = posterior.model.unmeasured(posterior.as_of)
    texts = {
        lang: words.checks["identification"].format(
            blind=len(blind),
            count=len(counts),
            factors=words.listed(posterior.model.spec.label(name, lang) for name in blind)
            or words.checks["none"],
        )
        for lang, words in LANGUAGES.items()
    }
    return CheckResult(name="identification", passed=None, texts=texts, table=table)


def _stability(posterior: Posterior, looked_at: int = 200) -> CheckResult:
    """Look for draws whose feedback grows without bound.

    The file's mean weights alone cannot rule them out.
    """
    frame, draws = posterior.frame, posterior.draws()
    # Eigenvalues of every draw would take long; evenly spaced draws represent the chains.
    positions = np.linspace(0, len(draws["half_life"]) - 1, looked_at).astype(int)
    inputs = path_inputs(
        posterior.model,
        frame,
        {name: values[positions] for name, values in draws.items()},
        posterior.as_of,
        frame.window,
    )
    radius = np.array(
        [
            spectral_radius(frame.structure, phi, w)
            for phi, w in zip(inputs.phi, inputs.weight, strict=True)
        ]
    )
    explosive = int((radius >= 1).sum())
    texts = _say(
        "stability",
        "weaken_loop" if explosive else None,
        explosive=explosive,
        count=len(positions),
        radius=f"{radius.max():.3f}",
    )
    return CheckResult(name="stability", passed=explosive == 0, texts=texts)


def _prior_sensitivity(posterior: Posterior) -> CheckResult:
    """Say how far the current levels move when a group of priors is raised to a power.

    The derivative of a posterior mean with respect to the power of a density is its covariance with
    the log density (Kallioinen et al., Statistics and Computing 34, 2024); it is given for a
    doubling, in posterior sd.
    """
    frame = posterior.frame
    level = current_levels(posterior, "posterior")
    sd = level.std(axis=0)
    # A level that is the same in all draws is not moved by anything.
    standard = (level - level.mean(axis=0)) / np.where(sd > 0, sd, 1.0)
    # The log density of each group of priors, and of all evidence.
    density = {
        str(name): array.values.reshape(len(level), -1).sum(axis=1)
        for name, array in posterior.tree["log_prior"].dataset.data_vars.items()
    }
    likelihood = posterior.tree["log_likelihood"].dataset
    density["evidence"] = np.sum(
        [
            np.zeros(len(level)),
            *(array.values.reshape(len(level), -1).sum(axis=1) for array in likelihood.values()),
        ],
        axis=0,
    )
    moved = {
        name: np.log(2) * (standard * (lp - lp.mean())[:, None]).mean(axis=0)
        for name, lp in density.items()
    }
    table = pd.DataFrame(moved, index=list(frame.latent)).T.rename_axis("doubled")
    priors = table.drop(index="evidence").abs()
    group, factor = priors.stack().idxmax()  # type: ignore[misc]
    texts = {
        lang: words.checks["prior_sensitivity"].format(
            size=f"{priors.max().max():.2f}",
            factor=posterior.model.spec.label(str(factor), lang),
            group=words.groups.get(_GROUPS.get(str(group), ""), str(group)),
        )
        for lang, words in LANGUAGES.items()
    }
    return CheckResult(name="prior_sensitivity", passed=None, texts=texts, table=table)


def _learnt(posterior: Posterior) -> CheckResult:
    """Say how many judgements the evidence moved."""
    table = learning(posterior)
    weights = table["group"] == "weights"
    texts = _say(
        "learnt",
        weights=int(table["moved"][weights].sum()),
        all_weights=int(weights.sum()),
        others=int(table["moved"][~weights].sum()),
        all_others=int((~weights).sum()),
    )
    return CheckResult(name="learnt", passed=None, texts=texts, table=table)


def _conflicts(posterior: Posterior) -> CheckResult:
    """Name the judgements with which the evidence disagrees."""
    table, spec = learning(posterior), posterior.model.spec
    able = table[table["tail_probability"].notna()]
    rare = able[able["tail_probability"] < RARE].sort_values("tail_probability")
    texts = {
        lang: words.checks["conflicts" if len(rare) else "conflicts_none"].format(
            count=len(rare),
            able=len(able),
            expected=f"{RARE * len(able):.1f}",
            judgements=words.semicolon.join(
                words.checks["conflict"].format(
                    label=range_label(spec, str(path), lang),
                    range=range_in_words(spec, str(path), range_at(spec, str(path)), lang),
                    shift=signed(float(row["shift"]), lang),
                    tail=percent(float(row["tail_probability"]), lang, decimals=1),
                )
                for path, row in rare.iterrows()
            ),
        )
        for lang, words in LANGUAGES.items()
    }
    return CheckResult(name="conflicts", passed=None, texts=texts, table=able)


_RESULTS: WeakKeyDictionary[Posterior, tuple[CheckResult, ...]] = WeakKeyDictionary()
"""Of every check, as last computed."""


def check_once(posterior: Posterior) -> tuple[CheckResult, ...]:
    """Return what `check` does, computed once for all who ask."""
    if posterior not in _RESULTS:
        check(posterior)
    return _RESULTS[posterior]


def failed_checks(posterior: Posterior) -> tuple[CheckResult, ...]:
    """Return the checks that a posterior fails; none where no sampler made it."""
    if "diagnostics" not in posterior.settings:
        return ()
    return tuple(item for item in check_once(posterior) if item.passed is False)


def check(posterior: Posterior) -> list[CheckResult]:
    """Check a posterior.

    Parameters
    ----------
    posterior : Posterior

    Returns
    -------
    list of CheckResult
        Sampler, predictive coverage, stability, identification, prior sensitivity, how many
        judgements the evidence moved, and with which it disagrees.

    Raises
    ------
    ArgumentError
        If it is not a posterior.

    Examples
    --------
    >>> [item.name for item in wr.check(posterior)][:3]
    ['finite', 'rhat', 'ess_bulk']
    """
    checked_posterior(posterior, "check")
    results = [
        *_sampler(posterior),
        _coverage(posterior, "prior_predictive"),
        _coverage(posterior, "posterior_predictive"),
        _stability(posterior),
        _identification(posterior),
        _prior_sensitivity(posterior),
        _learnt(posterior),
        _conflicts(posterior),
    ]
    _RESULTS[posterior] = tuple(results)
    return results
