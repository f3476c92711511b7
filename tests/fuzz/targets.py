"""What is done with input that went wrong, and what must come of it."""

from __future__ import annotations

import dataclasses
import inspect
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from tests.fuzz import mutations
from tests.variants import variant

import withdrawal_risk as wr
from withdrawal_risk.inference import cache
from withdrawal_risk.queries.review import review
from withdrawal_risk.seals import read_sealed, sealed
from withdrawal_risk.tasks import sweep

DATA = Path(__file__).parents[1] / "data" / "small"
FUTURES = 2

Target = Callable[[np.random.Generator], str]
"""Does one thing wrong, and says what came of it; raises what a user would see, or `OtherNumbers`."""


class OtherNumbers(Exception):
    """An answer that differs from the true one and was given all the same."""


class Fuzz:
    """Input to mutate and the true answers to hold what comes of it against.

    Parameters
    ----------
    folder : Path
        For the files.
    posterior : Posterior
        A fit of the small model.
    """

    def __init__(self, folder: Path, posterior: wr.Posterior) -> None:
        self.folder, self.posterior = folder, posterior
        self.model_text = (DATA / "model.yaml").read_text(encoding="utf-8")
        self.evidence_text = (DATA / "evidence.csv").read_text(encoding="utf-8")
        self.truth = self._numbers(posterior)
        posterior.save(folder / "whole.nc")
        self.whole = (folder / "whole.nc").read_bytes()
        self.content = read_sealed(folder / "whole.nc", most=2**30)
        self.fit_place = (
            folder / "cache" / cache.fit_path(posterior.model, posterior.as_of, {}).name
        )
        posterior.save(self.fit_place)
        self.answer = {"data": {"p": 0.25, "failed_checks": []}, "text": "a quarter"}
        cache.cached_answer(self.fit_place, {"q": 1}, lambda: self.answer)
        (self.answer_place,) = self.fit_place.parent.glob("*.json")
        self.answer_bytes = self.answer_place.read_bytes()
        # An earlier fit, as far as `explain_change` looks before it begins.
        self.earlier = variant(posterior, as_of=posterior.as_of + -1)
        p = posterior
        self.answers = {
            "plot_outlook": wr.outlook(p, futures=FUTURES), "plot_drivers": wr.drivers(p, "calm", futures=FUTURES),
            "plot_attribution": wr.attribution(p, "calm", draws=20, futures=FUTURES), "plot_scenarios": wr.scenarios(p, futures=FUTURES),
            "plot_path_effects": wr.path_effects(p, "presence", "gaps", draws=20), "plot_watch_list": wr.watch_list(p, months=1, futures=4),
            "plot_reach": wr.reach(p, "calm", probability=0.5, draws=20, futures=FUTURES),
        }  # fmt: skip
        asked = {"start": "2023-10", "methods": ["climatology", "last_value"]}
        tested = wr.backtest(p.model, **asked, progressbar=False)
        # Nothing is sampled here, so another method stands for the model.
        table = tested.table.replace({"method": {"last_value": "model"}})
        tested = dataclasses.replace(tested, table=table)
        for name in ("plot_skill", "plot_coverage", "plot_pit", "plot_reliability"):
            self.answers[name] = tested
        self.swept = sweep(double, {"a": {"x": 3}}, folder=folder / "swept", progressbar=False)
        (self.sweep_place,) = (folder / "swept").iterdir()
        self.sweep_bytes = self.sweep_place.read_bytes()

    @staticmethod
    def _numbers(posterior: wr.Posterior) -> Any:
        return wr.outlook(posterior, futures=FUTURES).summary

    def targets(self) -> dict[str, Target]:
        """Return every target by name, with those that cost little named often."""
        return {
            "model": self.model, "evidence": self.evidence, "history": self.history, "arguments": self.arguments, "posterior": self.opened,
            "structure": self.structure, "cache": self.cache, "sweep": self.sweep, "settings": self.settings,
        }  # fmt: skip

    def model(self, rng: np.random.Generator) -> str:
        """Load a folder whose model file went wrong."""
        return self._load(mutations.of_text(self.model_text, rng), self.evidence_text, rng)

    def evidence(self, rng: np.random.Generator) -> str:
        """Load a folder whose evidence file went wrong."""
        return self._load(self.model_text, mutations.of_text(self.evidence_text, rng), rng)

    def history(self, rng: np.random.Generator) -> str:
        """Hold the clauses of a folder against a history that went wrong."""
        past = self.evidence_text.replace("2023-", "2021-").replace("2024-", "2022-")
        place = self.folder / "model" / "history.csv"
        place.parent.mkdir(exist_ok=True)
        place.write_bytes(mutations.of_text(past, rng).encode("utf-8", "surrogatepass"))
        named = f"{self.model_text}\nhistory: history.csv\n"
        # Every clause on an indicator is one that somebody publishes.
        return self._load(
            named.replace("at_most: 45}", "at_most: 45, resolution: X}"), self.evidence_text, rng
        )

    def _load(self, model: str, evidence: str, rng: np.random.Generator) -> str:
        place = self.folder / "model"
        place.mkdir(exist_ok=True)
        for name, text in (("model.yaml", model), ("evidence.csv", evidence)):
            content = text.encode("utf-8", "surrogatepass")
            (place / name).write_bytes(
                mutations.of_bytes(content, rng) if rng.random() < 0.1 and content else content
            )
        loaded = wr.load_model(place)
        review(loaded)
        wr.precedents(loaded)
        return "read"

    def opened(self, rng: np.random.Generator) -> str:
        """Open a posterior whose file was damaged."""
        return self._open(mutations.of_bytes(self.whole, rng))

    def structure(self, rng: np.random.Generator) -> str:
        """Open a posterior whose file was changed by somebody who can seal it."""
        return self._open(sealed(mutations.of_hdf5(self.content, rng)), forged=True)

    def _open(self, content: bytes, *, forged: bool = False) -> str:
        place = self.folder / "changed.nc"
        place.write_bytes(content)
        found = wr.open_posterior(place)
        # Who can seal can change numbers: that is no damage, and nothing is said against it. It is asked all the same.
        wr.check(found)
        if not self._numbers(found).equals(self.truth):
            if not forged:
                raise OtherNumbers("a damaged posterior")
            return "other numbers, sealed"
        return "the same"

    def cache(self, rng: np.random.Generator) -> str:
        """Ask again where what was kept is damaged: it is worked out again."""
        self.answer_place.write_bytes(mutations.of_bytes(self.answer_bytes, rng))
        if cache.cached_answer(self.fit_place, {"q": 1}, lambda: self.answer) != self.answer:
            raise OtherNumbers("a damaged answer")
        self.fit_place.write_bytes(mutations.of_bytes(self.whole, rng))
        found = cache.cached_fit(self.fit_place, self.posterior.model, self.posterior.as_of, {})
        self.fit_place.write_bytes(self.whole)
        if found is not None and not self._numbers(found).equals(self.truth):
            raise OtherNumbers("a damaged fit")
        return "a miss"

    def sweep(self, rng: np.random.Generator) -> str:
        """Go on with a sweep of which a result was damaged."""
        self.sweep_place.write_bytes(mutations.of_bytes(self.sweep_bytes, rng))
        try:
            found = sweep(double, {"a": {"x": 3}}, folder=self.folder / "swept", progressbar=False)
        finally:
            self.sweep_place.write_bytes(self.sweep_bytes)
        if not np.array_equal(found["a"]["y"], self.swept["a"]["y"]):
            raise OtherNumbers("a damaged result")
        return "the same"

    def settings(self, rng: np.random.Generator) -> str:
        """Ask with settings, values and months that went wrong."""
        odd, name = (
            _odd(rng),
            ["tension", "gaps", "presence", "rate", "mood", _odd(rng)][int(rng.integers(6))],
        )
        kind = int(rng.integers(5))
        try:
            pair = {name: odd}
        except TypeError:
            pair = {"tension": odd}
        if kind == 0:
            wr.do(self.posterior, pair, futures=FUTURES)
        elif kind == 1:
            wr.observe(self.posterior, pair, month="2024-01", futures=FUTURES)
        elif kind == 2:
            wr.counterfactual(self.posterior, pair, start=_odd(rng), futures=FUTURES)
        elif kind == 3:
            wr.do(self.posterior, {"tension": 1}, end=odd, futures=FUTURES)
        else:
            wr.do(self.posterior, edges={"tension->gaps": odd}, futures=FUTURES)
        return "answered"

    def arguments(self, rng: np.random.Generator) -> str:
        """Call a public function with one argument that went wrong."""
        names = sorted(CALLS)
        name = names[int(rng.integers(len(names)))]
        function, usual = getattr(wr, name), dict(CALLS[name])
        parameters = list(inspect.signature(function).parameters)
        odd = parameters[int(rng.integers(len(parameters)))]
        given = {
            "posterior": self.posterior,
            "model": self.posterior.model,
            "source": self.posterior,
        } | usual
        given = {key: value for key, value in given.items() if key in parameters}
        if name in self.answers:
            given |= {"result": self.answers[name]}
        if name == "write_answer":
            given |= {"answer": self.answers["plot_outlook"]}
        if name == "editions":
            given |= {"fits": {"old": self.posterior, "new": self.posterior}}
        if name == "explain_change":
            given |= {"before": self.earlier, "after": self.posterior}
        given[odd] = _odd(rng)
        if odd in ("folder", "output") and isinstance(given[odd], str | Path):
            given[odd] = self.folder / "out" / "file"
        function(**given)
        return "answered"


def double(task: dict[str, Any]) -> dict[str, Any]:
    """Return what a task of a sweep returns."""
    return {"y": np.arange(50) * task["x"]}


class Reached(wr.WithdrawalRiskError):
    """Sampling would begin: every argument was taken."""


def never_sampled(*_: Any, **__: Any) -> Any:
    """Stand for the sampler where the subject is what is passed to it."""
    raise Reached


SERIES = pd.Series(range(30), pd.period_range("2020-01", periods=30, freq="M"))

CALLS: dict[str, dict[str, Any]] = {
    "fit": {"draws": 10, "tune": 10, "progressbar": False},
    "outlook": {"futures": FUTURES},
    "do": {"settings": {"tension": "low"}, "futures": FUTURES},
    "counterfactual": {"settings": {"tension": "low"}, "futures": FUTURES},
    "observe": {"observed": {"rate": 110}, "month": "2024-01", "futures": 16},
    "scenarios": {"futures": FUTURES},
    "drivers": {"condition": "calm", "futures": FUTURES},
    "attribution": {"condition": "calm", "draws": 20, "futures": FUTURES},
    "explain_interval": {"condition": "calm", "futures": FUTURES},
    "watch_list": {"futures": 4, "months": 1},
    "path_effects": {"source": "presence", "target": "gaps", "draws": 20},
    "effects": {"factor": "tension", "condition": "calm", "futures": FUTURES},
    "by_when": {"condition": "calm", "futures": FUTURES},
    "probability": {"clause": "gaps mean last 2 at_most medium", "futures": FUTURES},
    "backtest": {"start": "2023-10", "methods": ["climatology"], "progressbar": False},
    "score": {"samples": [[1, 2, 3]], "observed": [2]},
    "skill": {"score": [1.0], "base": [1.0], "origin": ["2024-01"], "month": ["2024-02"]},
    "baseline_forecasts": {"series": SERIES, "family": "count", "ahead": 2},
    "forecast": {"futures": 1},
    "editions": {"futures": FUTURES},
    "precedents": {},
    "check": {},
    "ancestors": {"name": "gaps"},
    "backdoor_sets": {"cause": "tension", "effect": "gaps"},
    "d_separated": {"x": "presence", "y": "tension"},
    "independencies": {},
    "implied_table": {"factor": "gaps"},
    "export": {"path": "/dev/null/network.bif"},
    "write_answer": {"path": "/dev/null/answer.csv"},
    "preliminary": {},
    "explain": {},
    "scaffold": {"path": "/dev/null/ruritania", "source": "dag { a -> b }"},
    "format_model": {"path": "tests/data/small", "write": False},
    "import_evidence": {
        "model": "tests/data/small",
        "source": "gpr",
        "file": "tests/data/exports/data_gpr_export.csv",
        "indicator": "rate",
        "dry_run": True,
    },
    "load_model": {"name": "tests/data/small"},
    "open_posterior": {"path": "nothing.nc"},
    "shift": {"size": 1.0},
    "history": {"as_of": ["2023-10"], "draws": 10, "tune": 10, "progressbar": False},
    "plot_network": {},
    "plot_outlook": {},
    "plot_drivers": {},
    "plot_attribution": {},
    "plot_scenarios": {},
    "plot_path_effects": {},
    "plot_watch_list": {},
    "plot_reach": {},
    "plot_edges": {},
    "plot_skill": {"indicator": "incidents"},
    "plot_coverage": {"method": "climatology"},
    "plot_pit": {"method": "climatology"},
    "plot_reliability": {"method": "climatology"},
    "plot_forecast": {"var_names": ["gaps"]},
    "build": {"as_of": "2029-01"},
    "report": {"output": "/dev/null/report.html"},
    "reach": {"condition": "calm", "probability": 0.5, "draws": 20, "futures": FUTURES},
    "explain_change": {"condition": "nothing", "futures": FUTURES, "progressbar": False},
    "sweep": {"function": double, "tasks": {"a": {"x": 1}}, "progressbar": False},
}


def _odd(rng: np.random.Generator) -> Any:
    """Return a value that nobody asked for."""
    made: list[Any] = [
        None, True, 0, -1, 1, 2, 3.5, 10**6, 10**30, -(10**30), 1e308, float("nan"), float("inf"), 0.5, "", "x", "2024-02", "2024-13",
        "a" * 100_000, "\u202e", "\x00", b"bytes", [], ["x"], (1, 2), {}, {"a": 1}, {"tension": {}}, {1: 2}, set(), object(), int, len,
        np.int64(3), np.float64(0.3), np.nan, np.array([1, 2]), np.datetime64("2024-02"), np.datetime64("NaT", "D"), np.bool_(True),
        np.str_("low"), Path("x"), range(3), ..., complex(1, 1), "low", "all_conditions", "calm", "tension", "ar", "en",
    ]  # fmt: skip
    return made[int(rng.integers(len(made)))]
