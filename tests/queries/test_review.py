"""What `check` says of a file: every slip named with its place, and nothing said of a sound one."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from tests.oracles import recursion

import withdrawal_risk as wr
from withdrawal_risk.cli import main
from withdrawal_risk.dynamics.equation import levels_of_draws
from withdrawal_risk.inference.path_inputs import path_inputs
from withdrawal_risk.model.evidence import COLUMNS
from withdrawal_risk.queries.review import review

ROOT = Path(__file__).resolve().parents[2]

Change = Callable[[str], str]


def _same(text: str) -> str:
    return text


def replaced(old: str, new: str) -> Change:
    def change(text: str) -> str:
        assert text.count(old) == 1, old
        return text.replace(old, new)

    return change


RATE = "r1,rate,2023-03,2023-03,2023-04,104"
SAME_TALLY = (
    "  incidents_again:\n    measures: gaps\n    label: Again\n    family: count\n    unit: per month\n"
    '    polarity: "+"\n    at_reference: {p5: 5, p95: 25}\n    ratio_per_level: {p5: 1.5, p95: 3}\n'
    "    error: {p5: 0.1, p95: 0.4}\n    basis: 'judgement: invented'\n    why: Again.\n"
)
SLIPS: dict[str, tuple[Change, Change, str, bool]] = {
    "in thousands": (
        _same, replaced(RATE, "r1,rate,2023-03,2023-03,2023-04,0.104"),
        "evidence.csv:10:33: error: value: row r1: 0.104 is about a thousandth of what the file expects", True,
    ),
    "a billion": (
        _same, replaced(RATE, "r1,rate,2023-03,2023-03,2023-04,1e9"),
        "evidence.csv:10:33: error: value: row r1: 1,000,000,000 is far above what the file expects", True,
    ),
    "a quarter in its last month": (
        lambda text: replaced("at_reference: {p5: 5, p95: 25}\n    ratio_per_level: {p5: 1.5, p95: 3}\n    error: {p5: 0.1, p95: 0.4}", "at_reference: {p5: 95, p95: 105}\n    ratio_per_level: {p5: 1.01, p95: 1.05}\n    error: {p5: 0.02, p95: 0.05}")(
            replaced("statistic: total, last: 3, at_most: 45}", "statistic: total, last: 3, at_most: 300}")(text)
        ),
        lambda text: "\n".join(line for line in text.splitlines() if line.startswith("id,") or not line.startswith("i")) + "\nq1,incidents,2023-06,2023-06,2023-07,300,,,,A,invented,,\n",
        "row q1: 300 in one month is about three times what the file expects (82.0 to 120); if it is a quarter's total, give its first and last month", False,
    ),
    "a thousand too many": (
        _same, replaced(RATE, "r1,rate,2023-03,2023-03,2023-04,104000"), "row r1: 104,000 is about a thousand times", True,
    ),
    "a hundredth of a share": (
        _same, replaced("2023-08,0.45,,,0.02", "2023-08,0.0045,,,0.0002"),
        "row s1: 0.0045 is about a hundredth of what the file expects", False,
    ),
    "overlap": (
        _same, lambda text: text + "i9,incidents,2023-01,2023-01,2023-03,12,,,,A,invented,,\n",
        "rows i9 and i1 overlap: a month would count twice", False,
    ),
    "two reports": (
        _same, lambda text: text + "i9,incidents,2023-01,2023-03,2023-05,38,,,,A,invented,,\n",
        "rows i1, i9 are all about incidents, 2023-01 to 2023-03", False,
    ),
    "always met": (
        replaced("statistic: mean, last: 3, at_least: 0.5}", "statistic: mean, last: 3, at_least: 0.000001}"), _same,
        "conditions.supplied: met in every one of 2,000 futures before any evidence: it says nothing", False,
    ),
    "always met inside": (
        replaced("statistic: total, last: 3, at_most: 45}", "statistic: total, last: 3, at_most: 6000000}"), _same,
        "conditions.calm.all[1]: met in every one of 2,000 futures before any evidence: it says nothing", False,
    ),
    "overflow": (
        replaced("ratio_per_level: {p5: 1.1, p95: 1.4}", "ratio_per_level: {p5: 1.0e10, p95: 1.0e200}"), _same,
        "indicators.rate: its expected value overflows in ", True,
    ),
    "a range in thousands": (
        _same, replaced("r1,rate,2023-03,2023-03,2023-04,104,,", "r1,rate,2023-03,2023-03,2023-04,,90000,120000"),
        "row r1: 90,000 to 120,000 is about a thousand times what the file expects", True,
    ),
    "never met": (
        replaced("{indicator: incidents, statistic: total, last: 3, at_most: 45}", "{indicator: rate, at_most: 0.01}"),
        _same, "conditions.calm: met in none of 2,000 futures before any evidence", False,
    ),
    "in the past": (
        lambda text: replaced("incidents, statistic: total, last: 3,", "incidents, from: 2023-05, to: 2023-06,")(
            replaced("      - {factor: gaps, statistic: mean, last: 3, at_most: medium}\n", "")(text)
        ), _same, "conditions.calm: its months have passed by 2023-12: it is known, not forecast", False,
    ),
    "hidden event": (
        replaced("from: 2023-05", "from: 2024-03"), _same,
        "events.strike.from: known only from 2024-03, so it does not count as of 2023-12", False,
    ),
    "far horizon": (
        replaced("horizon: 2024-06", "horizon: 2051-06"), _same,
        "time.horizon: 28 years ahead every level is at its long-run law", False,
    ),
    "no memory": (
        replaced("half_life: {p5: 2, p95: 6}", "half_life: {p5: 0.001, p95: 0.002}"), _same,
        "factors.gaps.half_life: a mean of 0.00145 months answers at once", False,
    ),
    "a change of troops": (
        replaced("value: 500, ", "value: -500, "), _same, "policies.presence.path[1].value: -500 troops: below 0", False,
    ),
    "one tally twice": (
        replaced("  mood:\n", SAME_TALLY + "  mood:\n"),
        lambda text: text + "".join(
            f"a{n},incidents_again,{start},{end},{seen},{value},,,,A,invented,,\n" for n, (start, end, seen, value) in enumerate(
                [("2023-01", "2023-03", "2023-04", 40), ("2023-04", "2023-04", "2023-05", 18), ("2023-11", "2023-11", "2023-12", 22)]
            )
        ), "incidents and incidents_again move together and share a source; they count as two looks", False,
    ),
    "a word that is rare": (
        replaced("at_reference: [0.3, 0.4, 0.3]", "at_reference: [0.49999, 0.00002, 0.49999]"), _same,
        "row m1: 'fair' has a probability of", False,
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", SLIPS)
def test_slips_are_named(small_text: str, small_evidence: str, name: str) -> None:
    of_model, of_evidence, message, certain = SLIPS[name]
    found = review(wr.Model.from_texts(of_model(small_text), of_evidence(small_evidence)))
    assert sum(message in str(item) for item in found) == 1, [str(item) for item in found]
    (one,) = [item for item in found if message in str(item)]
    assert one.certain is certain
    assert all(item.certain for item in found) is certain, "one cause, one fault"


def test_nothing_is_said_of_what_is_sound(small: wr.Model) -> None:
    assert review(small) == []


def test_a_wrong_polarity_is_suspected() -> None:
    """Read upside down, the index contradicts the events and what depends on tension; as written no indicator does.

    The first edition has events that move the tension, without which its index could be read either way.
    """
    model = wr.load_model(ROOT / "benchmarks" / "first_edition")
    assert not [item for item in review(model) if "polarity" in str(item)]
    at = model.model_text.index(
        'polarity: "', model.model_text.index("\n  geopolitical_risk:\n")
    ) + len('polarity: "')
    assert model.model_text[at] == "+"
    turned = wr.Model.from_texts(
        model.model_text[:at] + "-" + model.model_text[at + 1 :], model.evidence_text
    )
    (found,) = [str(item) for item in review(turned) if "polarity" in str(item)]
    assert (
        "the rows of geopolitical_risk (gpr_2023_01" in found and "under '+' all evidence" in found
    )


def test_the_equation_runs_over_draws_as_the_recursion_does(posterior: wr.Posterior) -> None:
    """Every number an array of draws: as an independent loop over each draw by itself."""
    frame = posterior.frame
    some = {name: values[::800] for name, values in posterior.draws().items()}
    inputs = path_inputs(posterior.model, frame, some, posterior.as_of, frame.window)
    count, level = len(inputs.phi), levels_of_draws(inputs)
    edges = [(int(i), int(j), int(lag)) for i, j, lag in zip(
        frame.structure.edge_parent, frame.structure.children, frame.structure.edge_lag, strict=True)]  # fmt: skip
    for d in range(count):
        path = recursion.paths(
            [0, 1, 2], edges, inputs.phi[d], inputs.weight[d], inputs.own_scale[d], inputs.drive[d],
            inputs.start[d], inputs.innovation[d], inputs.clamped, inputs.given,
        )  # fmt: skip
        np.testing.assert_allclose(level[d], path, rtol=0, atol=1e-12)


def test_check_ends_with_1_on_what_is_certain(
    tmp_path: Path, small_evidence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.copytree(Path(__file__).parents[1] / "data" / "small", tmp_path / "m")
    for value, code in (("0.104", 1), ("160", 0)):
        text = replaced(RATE, f"r1,rate,2023-03,2023-03,2023-04,{value}")(small_evidence)
        (tmp_path / "m" / "evidence.csv").write_text(text, encoding="utf-8")
        with pytest.raises(SystemExit) as stopped:
            main(["validate", str(tmp_path / "m")])
        assert int(stopped.value.code or 0) == code
        shown = capsys.readouterr().out
        assert (f"{tmp_path / 'm' / 'evidence.csv'}:10:33: error: value: row r1" in shown) == bool(
            code
        )
        # Nobody is named for two indicators that its conditions read.
        assert ("1 fault, 2 warnings" if code else "no faults, 2 warnings") in shown


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("presence", "'presence' is a policy, whose path is given and not inferred"),
        (
            "gaps",
            r"'gaps' is a factor, which nobody sees; evidence is about its indicators \(incidents, view, closed\)",
        ),
        ("incidnts", "'incidnts' is not an indicator of the model; did you mean 'incidents'"),
    ],
)
def test_evidence_on_what_is_no_indicator(
    small_text: str, small_evidence: str, name: str, message: str
) -> None:
    with pytest.raises(wr.ModelFileError, match=message):
        wr.Model.from_texts(
            small_text, small_evidence + f"x,{name},2023-05,2023-05,2023-06,1,,,,A,invented,,\n"
        )


def test_many_rows_of_one_month_are_said_once(small_text: str) -> None:
    """And in a moment: a thousand rows are half a million pairs."""
    rows = "".join(f"r{n:04d},rate,2023-04,2023-04,2023-05,110,,,,A,s,,\n" for n in range(1000))
    rows += "".join(
        f"s{n:04d},view,2023-0{1 + n % 3},2023-0{4 + n % 5},2023-10,0.1,,,0.2,A,s,,\n"
        for n in range(500)
    )
    began = time.monotonic()
    found = review(wr.Model.from_texts(small_text, f"{','.join(COLUMNS[:-1])}\n{rows}"))
    said = [str(item) for item in found if "are all about rate" in str(item)]
    assert (
        len(said) == 1
        and "rows r0000, r0001, r0002, r0003, r0004, r0005 and 994 more are all about rate"
        in said[0]
    )
    assert 1 <= sum("overlap" in str(item) for item in found) <= 15
    assert time.monotonic() - began < 20
