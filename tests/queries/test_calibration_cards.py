"""How well experts judged questions whose answers are known: experts who are simulated."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from scipy import special, stats
from tests.oracles import classical_model as oracle

from withdrawal_risk.elements.panel import Panel
from withdrawal_risk.model.panel_file import Answers, PanelRow, Seed
from withdrawal_risk.queries.calibration_cards import Cards, calibration_cards

AT = (0.05, 0.5, 0.95)
NAN = math.nan
RULES = Panel(file="panel.csv")


def seed(k: int, value: float, scale: str = "linear") -> Seed:
    day = "" if math.isnan(value) else "2024-01-01"
    return Seed(
        id=f"S{k}", question="q", unit="u", scale=scale, value=value, resolved=day, source="x", url=""
    )  # fmt: skip


def panel_of(quantiles: np.ndarray, true: np.ndarray) -> Answers:
    """Return a panel with a row for every question that an expert answered, shape (expert, question, 3)."""
    rows = [
        PanelRow(expert=f"E{e}", round=1, target=f"seeds.S{k}", p5=q[0], p50=q[1], p95=q[2])
        for e, several in enumerate(quantiles.tolist())
        for k, q in enumerate(several)
        if not math.isnan(q[0])
    ]
    return Answers(rows=tuple(rows), seeds=tuple(seed(k, x) for k, x in enumerate(true.tolist())))


def simulated(
    rng: np.random.Generator, experts: int, questions: int, spread: float
) -> tuple[np.ndarray, np.ndarray]:
    """Return quantiles and true values of experts who state so much of the spread that they should."""
    true = rng.normal(50, 10, questions)
    middle = true + rng.normal(0, 5, (experts, questions))
    ends = np.array([-1, 0, 1]) * stats.norm.ppf(0.95) * 5 * spread
    return middle[:, :, None] + ends, true


def found(answers: Answers, rules: Panel = RULES) -> Cards:
    cards = calibration_cards(answers, rules)
    assert cards is not None
    return cards


def test_the_calibrated_have_the_weight() -> None:
    """Four who state what they know and four who state a third of it, on forty questions.

    Those expect one in ten true values outside and see nearly six: scores of about 1e-11. Weights
    below 0.99 need all four sound scores below 1e-6: a false alarm less than once in a billion.
    """
    rng = np.random.default_rng(1)
    sound, true = simulated(rng, 4, 40, 1.0)
    rash = true + rng.normal(0, 5, (4, 40))
    bold = rash[:, :, None] + np.array([-1, 0, 1]) * stats.norm.ppf(0.95) * 5 / 3
    quantiles = np.concatenate([sound, bold])
    cards = found(panel_of(quantiles, true))
    assert cards.weighting is not None and not cards.weighting.few
    weight = cards.table["weight"]
    assert weight.sum() == pytest.approx(1) and weight[["E0", "E1", "E2", "E3"]].sum() > 0.99
    assert (cards.table["calibration"][4:] < 1e-5).all()
    assert (cards.table["information"][4:] > cards.table["information"][:4].max()).all()
    # Scores and bins by loops over lists, in many digits.
    panel = quantiles.tolist()
    scores = oracle.calibration(panel, true.tolist(), AT)
    assert cards.table["calibration"].tolist() == pytest.approx(
        [float(s) for s in scores], rel=1e-6
    )
    spans = [oracle.span(panel, true.tolist(), k, False, 0.1) for k in range(40)]
    known = oracle.information(panel, AT, spans, [False] * 40)
    assert cards.table["information"].tolist() == pytest.approx([float(x) for x in known], rel=1e-9)
    for e in range(8):
        low, middle, high = quantiles[e].T
        bins = [
            true <= low,
            (true > low) & (true <= middle),
            (true > middle) & (true <= high),
            true > high,
        ]
        shown = cards.table.iloc[e][["below", "lower", "upper", "above"]]
        assert shown.astype(int).tolist() == [int(one.sum()) for one in bins]
    assert cards.table["seeds"].tolist() == [40] * 8
    product = cards.table["calibration"] * cards.table["information"]
    product = product.where(cards.table["calibration"] >= cards.weighting.alpha, 0.0)
    assert weight.tolist() == pytest.approx((product / product.sum()).tolist())


def test_scores_of_the_calibrated_are_distributed_as_they_should() -> None:
    """A hundred experts on twenty questions, against the law over all tables of counts.

    The number with a score below each of three bounds has an exact binomial p-value above 1e-4: a
    false alarm at most once in 3,300.
    """
    count, questions = 100, 20
    rng = np.random.default_rng(2)
    cards = found(
        panel_of(*simulated(rng, count, questions, 1.0)),
        Panel(file="panel.csv", seeds="seeds.csv", pool="cooke", alpha=0),
    )
    scores = cards.table["calibration"].to_numpy()
    share = np.array([0.05, 0.45, 0.45, 0.05])
    tables = np.array([
        (a, b, c, questions - a - b - c)
        for a, b, c in itertools.product(range(questions + 1), repeat=3) if a + b + c <= questions
    ])  # fmt: skip
    chance = stats.multinomial.pmf(tables, questions, share)
    entropy = special.rel_entr(tables / questions, share).sum(axis=1)
    law = stats.chi2.sf(2 * questions * entropy, 3)
    assert chance.sum() == pytest.approx(1)
    for bound in (0.02, 0.1, 0.4):
        p = chance[law < bound].sum()
        assert stats.binomtest(int((scores < bound).sum()), count, p).pvalue > 1e-4


def test_few_questions_score_nobody() -> None:
    for count, said in ((7, "nobody answered 8 seed questions or more"), (8, "")):
        cards = found(panel_of(*simulated(np.random.default_rng(3), 2, count, 1.0)))
        assert said in cards.why_not and bool(said) is bool(cards.why_not)
        assert cards.table["seeds"].tolist() == [count] * 2
        assert cards.table[["below", "lower", "upper", "above"]].sum(axis=1).tolist() == [count] * 2
        for column in ("calibration", "information", "weight"):
            assert cards.table[column].isna().all() == bool(said)
    few = found(panel_of(*simulated(np.random.default_rng(3), 2, 9, 1.0))).weighting
    many = found(panel_of(*simulated(np.random.default_rng(3), 2, 10, 1.0))).weighting
    assert few is not None and few.few and many is not None and not many.few


def test_only_what_is_known_and_answered_counts() -> None:
    quantiles, true = simulated(np.random.default_rng(4), 2, 12, 1.0)
    true[3], quantiles[:, 5], quantiles[1, 7] = NAN, NAN, NAN
    cards = found(panel_of(quantiles, true))
    assert cards.table["seeds"].tolist() == [10, 9]
    kept = [k for k in range(12) if k not in (3, 5)]
    scores = oracle.calibration(quantiles[:, kept].tolist(), true[kept].tolist(), AT)
    assert cards.table["calibration"].tolist() == pytest.approx(
        [float(s) for s in scores], rel=1e-6
    )
    assert calibration_cards(panel_of(quantiles, np.full(12, NAN)), RULES) is None
    assert calibration_cards(Answers(rows=panel_of(quantiles, true).rows), RULES) is None


def test_the_last_round_is_scored() -> None:
    quantiles, true = simulated(np.random.default_rng(5), 2, 10, 1.0)
    first = panel_of(quantiles, true)
    other, _ = simulated(np.random.default_rng(6), 2, 10, 0.2)
    later = [type(row)(**{**vars(row), "round": 2}) for row in panel_of(other, true).rows]
    both = Answers(rows=(*later, *first.rows), seeds=first.seeds)
    last = Answers(rows=tuple(later), seeds=first.seeds)
    assert found(both).table.equals(found(last).table)
    assert not found(both).table.equals(found(first).table)


def test_nobody_passes() -> None:
    quantiles, true = simulated(np.random.default_rng(7), 2, 10, 0.1)
    rules = Panel(file="panel.csv", seeds="seeds.csv", pool="cooke", alpha=0.9)
    cards = found(panel_of(quantiles, true), rules)
    assert cards.weighting is None and cards.why_not and cards.table["weight"].isna().all()
    assert (cards.table["calibration"] < 0.9).all()


def test_logarithmic_questions_and_the_overshoot_count() -> None:
    quantiles, true = simulated(np.random.default_rng(8), 2, 10, 0.5)
    plain = panel_of(quantiles, true)
    logs = Answers(
        rows=plain.rows, seeds=tuple(seed(k, x, "log") for k, x in enumerate(true.tolist()))
    )
    spans = [oracle.span(quantiles.tolist(), true.tolist(), k, True, 0.4) for k in range(10)]
    known = oracle.information(quantiles.tolist(), AT, spans, [True] * 10)
    found_ = found(logs, Panel(file="panel.csv", overshoot=0.4)).table["information"]
    assert found_.tolist() == pytest.approx([float(x) for x in known], rel=1e-9)
