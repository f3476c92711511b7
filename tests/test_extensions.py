"""What CONTRIBUTING says of extensions, done: each takes the files it names, and no more."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pymc as pm
import pytest
from scipy import integrate, stats
from tests.extensions.logistic import Logistic
from tests.language.test_languages import test_languages_have_the_same_words_with_the_same_fields
from tests.refusals import refusal

import withdrawal_risk as wr
from withdrawal_risk import language
from withdrawal_risk.families import FAMILIES, numpy_ops, registry
from withdrawal_risk.families.contract import broken_promises
from withdrawal_risk.inference.cache import fit_path
from withdrawal_risk.inference.priors import KINDS, NormalPrior, Prior
from withdrawal_risk.model.library import Model
from withdrawal_risk.model.schema import json_schema

PACKAGE = Path(wr.__file__).parent
ADDED = Path(__file__).parent / "extensions"

DELAYS = """\
  delays:
    measures: gaps
    label: {en: Delays, ar: التأخير}
    family: logistic
    unit: {en: days, ar: يوم}
    polarity: "+"
    at_reference: {p5: 20, p95: 40}
    change_per_level: {p5: 3, p95: 9}
    error: {p5: 1, p95: 4}
    basis: "judgement: invented"
    why: Gaps delay.
"""


@pytest.fixture
def logistic() -> Iterator[Logistic]:
    """A family of a user's own, registered for one test."""
    family = Logistic()
    wr.register_family(family)
    yield family
    del FAMILIES[family.name]
    registry._keys.cache_clear()


@pytest.fixture
def delayed(logistic: Logistic, small_text: str, small_evidence: str) -> Model:
    """The small model with an indicator of that family in its evidence and in a condition."""
    text = small_text.replace("conditions:\n", f"{DELAYS}conditions:\n")
    clause = "      - {indicator: delays, statistic: mean, last: 3, at_most: 35}\n"
    at = text.index("    basis:", text.index("  calm:"))
    text = f"{text[:at]}{clause}{text[at:]}"
    rows = "d1,delays,2023-06,2023-06,2023-07,44,,,,A,invented,,\n"
    return Model.from_texts(text, small_evidence + rows)


@pytest.mark.slow
def test_a_family_of_users_goes_all_the_way(
    delayed: Model, tmp_path: Path, logistic: Logistic
) -> None:
    """Fit, file, questions, plot and page know it from its class alone."""
    fitted = wr.fit(delayed, draws=150, tune=200, chains=2, progressbar=False)
    fitted.save(tmp_path / "delayed.nc")
    posterior = wr.open_posterior(tmp_path / "delayed.nc")
    expected = {name: array.values for name, array in fitted.tree["posterior"].data_vars.items()}
    for name, values in expected.items():
        np.testing.assert_array_equal(posterior.tree["posterior"][name].values, values)
    answer = wr.outlook(posterior, futures=4)
    assert 0 < answer.summary.loc["calm", "probability"] < 1
    # Many days of delay go with gaps, so seeing them makes calm less likely.
    seen = wr.observe(posterior, {"delays": 42}, month="2024-06", futures=32)
    assert seen.summary.loc["calm", "difference"] < 0
    assert np.isfinite(wr.forecast(posterior, futures=1)["delays"]).all()
    assert wr.plot_forecast(posterior, var_names=["delays"]).axes
    page = tmp_path / "page.html"
    wr.report(posterior, page, lang="both")
    assert "Delays" in page.read_text("utf-8") and "التأخير" in page.read_text("utf-8")


def test_the_density_of_the_new_family_is_the_logistic(logistic: Logistic) -> None:
    law = wr.Distribution(np.array([30.0, 5.0]), np.array([2.0, 0.7]))
    value = np.array([44.0, -3.0])
    np.testing.assert_allclose(
        logistic.log_density(value, law, numpy_ops),
        stats.logistic.logpdf(value, law.mean, law.error),
        rtol=1e-12,
    )


def test_the_schema_knows_a_registered_family(logistic: Logistic) -> None:
    assert "LogisticIndicator" in json_schema()["$defs"]


class Unbounded(Logistic):
    """A density that is twice what it may be."""

    name = "unbounded"

    def log_density(self, value: Any, law: wr.Distribution, xp: Any) -> Any:
        return super().log_density(value, law, xp) + np.log(2)


class Noisier(Logistic):
    """Values that are wider than their density."""

    name = "noisier"

    def realise(self, law: wr.Distribution, noise: Any, where: Any = None) -> Any:
        return super().realise(law._replace(error=1.1 * law.error), noise, where)


class Falling(Logistic):
    """Values that fall while the mean rises, with the right density at each mean."""

    name = "falling"

    def realise(self, law: wr.Distribution, noise: Any, where: Any = None) -> Any:
        return super().realise(law, (self.turn(law) * noise[0],), where)

    def noise_given(self, value: float, law: wr.Distribution, shape: Any, rng: Any) -> Any:
        return (self.turn(law) * super().noise_given(value, law, shape, rng)[0],)

    @staticmethod
    def turn(law: wr.Distribution) -> Any:
        return np.where(np.floor(4 * law.mean) % 2 == 0, 1, -1)


class Forgetful(Logistic):
    """Noise that does not make the value that it is given."""

    name = "forgetful"

    def noise_given(self, value: float, law: wr.Distribution, shape: Any, rng: Any) -> Any:
        return (np.zeros(shape),)


class Sideways(Logistic):
    """An axis that no plot has."""

    name = "sideways"
    axis = "logarithmic"  # type: ignore[assignment]


class Raising(Logistic):
    """A method that cannot be called as the library calls it."""

    name = "raising"

    def log_density(self, value: Any, law: wr.Distribution) -> Any:  # type: ignore[override]
        return value


class Misnamed(Logistic):
    """The keys of another family."""

    name = "misnamed"


@pytest.mark.parametrize(
    ("broken", "said"),
    [
        (Unbounded, "integrates to 2, not to 1"),
        (Noisier, "do not have its density"),
        (Falling, "do not rise with the mean"),
        (Forgetful, "noise_given"),
        (Sideways, "its axis is 'logarithmic'; it must be one of linear, log"),
        (Raising, "raised TypeError: "),
        (Misnamed, "must declare family: Literal['misnamed']"),
    ],
)
def test_a_family_that_breaks_a_promise_is_refused(
    broken: type[Logistic], said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """False alarm of a sound family: once in 1.8 million distributions that are tried."""
    if broken is not Misnamed:
        fields = {"__annotations__": {"family": f"Literal[{broken.name!r}]"}}
        namespace = {"__module__": "tests.extensions.logistic", "__doc__": "Keys.", **fields}
        monkeypatch.setattr(broken, "indicator", type("Keys", (Logistic.indicator,), namespace))
    before = dict(FAMILIES)
    assert said in refusal(lambda: wr.register_family(broken()))
    assert before == FAMILIES


@pytest.mark.parametrize("name", FAMILIES)
def test_the_families_of_the_library_keep_their_promises(name: str) -> None:
    assert list(broken_promises(FAMILIES[name])) == []


def test_names_of_families_are_ids_and_taken_once() -> None:
    assert "'normal' exists already" in refusal(lambda: wr.register_family(FAMILIES["normal"]))
    assert "is not a family" in refusal(lambda: wr.register_family("normal"))  # type: ignore[arg-type]
    shouting = type("Shouting", (Logistic,), {"name": "Not an id"})
    assert "not a valid name" in refusal(lambda: wr.register_family(shouting()))
    nameless = type("Nameless", (Logistic,), {"name": None})
    assert "set it to a text" in refusal(lambda: wr.register_family(nameless()))
    keyless = type("Keyless", (Logistic,), {"name": "keyless", "indicator": None})
    assert "subclass of IndicatorBase" in refusal(lambda: wr.register_family(keyless()))


def test_cached_fits_know_the_code_of_a_family(logistic: Logistic, delayed: Model) -> None:
    """Another family of the same name has another place."""
    settings = {"draws": 10}
    before = fit_path(delayed, delayed.as_of, settings)
    FAMILIES["logistic"] = type("Other", (Logistic,), {"__module__": "elsewhere"})()
    assert fit_path(delayed, delayed.as_of, settings) != before


@pytest.fixture
def french(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A language in one file: English with a few words of French."""
    text = (PACKAGE / "language" / "en.py").read_text("utf-8")
    for old, new in (
        ('code="en"', 'code="zz"'),
        ('name="English"', 'name="French"'),
        ('"all conditions', '"toutes les conditions'),
    ):
        assert old in text
        text = text.replace(old, new, 1)
    (tmp_path / "zz.py").write_text(text, encoding="utf-8")
    monkeypatch.setattr(language, "__path__", [*language.__path__, str(tmp_path)])
    language.LANGUAGES.update(language._languages())
    yield
    del language.LANGUAGES["zz"], sys.modules["withdrawal_risk.language.zz"]


@pytest.mark.slow
def test_a_language_is_one_file(french: None, posterior: wr.Posterior, tmp_path: Path) -> None:
    test_languages_have_the_same_words_with_the_same_fields("zz")
    answer = wr.outlook(posterior, futures=4)
    assert "toutes les conditions" in answer.sentence("zz").lower()
    assert wr.plot_outlook(answer, lang="zz").axes
    wr.report(posterior, tmp_path / "page.html", lang="both")
    assert 'lang="zz"' in (tmp_path / "page.html").read_text("utf-8")


def test_texts_of_model_files_may_have_the_language(french: None, small_text: str) -> None:
    """And fall back to English where they have not."""
    text = small_text.replace(
        "{en: Tension, ar: التوتر}", "{en: Tension, ar: التوتر, zz: Tensions}"
    )
    spec = Model.from_texts(text, None).spec
    assert spec.factors["tension"].label["zz"] == "Tensions"
    assert spec.factors["gaps"].label["zz"] == "Gaps"


class LaplacePrior(NormalPrior):
    """A kind of prior in one class."""

    name = "laplace"

    def draw(self, mu: Any, sigma: Any, shape: tuple[int, ...], rng: Any) -> Any:
        return mu + sigma * rng.laplace(size=shape)

    def log_density(self, value: Any, mu: Any, sigma: Any) -> Any:
        return -np.abs(value - mu) / sigma - np.log(2 * sigma)

    def variable(self, pm: Any, name: str, mu: Any, sigma: Any, **options: Any) -> Any:
        return pm.Laplace(name, mu=mu, b=sigma, **options)


def test_a_kind_of_prior_is_one_class(monkeypatch: pytest.MonkeyPatch) -> None:
    """False alarm 1e-4."""
    monkeypatch.setitem(KINDS, "laplace", LaplacePrior())
    mu, sigma = np.array([0.5, -1.0]), np.array([0.3, 2.0])
    prior = Prior(name="x", dims=("place",), kind="laplace", mu=mu, sigma=sigma)
    drawn = prior.draw(1, 4_000)
    assert stats.kstest(drawn[:, 1], stats.laplace(-1, 2).cdf).pvalue > 1e-4
    total, _ = integrate.quad(
        lambda x: float(np.exp(prior.log_density(np.array([x, x]))[0])), -9, 9, points=[0.5]
    )
    assert total == pytest.approx(1, abs=1e-6)
    with pm.Model(coords={"place": ["a", "b"]}) as model:
        prior.variable(pm)
    np.testing.assert_allclose(
        model.compile_logp(sum=False)({"x": np.array([1.0, 2.0])})[0],
        prior.log_density(np.array([1.0, 2.0])),
    )


def added_to(file: Path, after: str, text: str) -> None:
    """Add text to a file, after some that is there once."""
    old = file.read_text("utf-8")
    assert old.count(after) == 1
    file.write_text(old.replace(after, after + text), encoding="utf-8")


@pytest.mark.slow
def test_a_family_a_question_and_a_plot_in_the_library(
    posterior: wr.Posterior, tmp_path: Path, small_text: str
) -> None:
    """In a copy of the package, with the lines that CONTRIBUTING names."""
    package = tmp_path / "withdrawal_risk"
    shutil.copytree(PACKAGE, package, ignore=shutil.ignore_patterns("__pycache__"))
    # The family: a file and two lines in the registry, one of them its import.
    shutil.copy(ADDED / "logistic.py", package / "families")
    added_to(
        package / "families" / "registry.py",
        "from withdrawal_risk.families.lognormal import Lognormal\n",
        "from withdrawal_risk.families.logistic import Logistic\n",
    )
    added_to(package / "families" / "registry.py", "_OWN: Final = (", "Logistic(), ")
    # The question: a file, its public names, and a sentence in each language.
    shutil.copy(ADDED / "rows_seen.py", package / "queries")
    shutil.copy(ADDED / "plot_rows_seen.py", package / "plots" / "rows_seen.py")
    public = package / "__init__.pyi"
    names = ("RowsSeen", "rows_seen")
    lines = [f"from .queries.rows_seen import {name} as {name}\n" for name in names]
    lines.append("from .plots.rows_seen import plot_rows_seen as plot_rows_seen\n")
    public.write_text(public.read_text("utf-8") + "".join(lines), encoding="utf-8")
    for code, sentence, heading in (
        ("en", "The fit saw {count} rows.", "Rows seen"),
        ("ar", "رأت المطابقة {count} صفًا.", "الصفوف"),
    ):
        file = package / "language" / f"{code}.py"
        added_to(file, "    sentences={\n", f"        'rows_seen': {sentence!r},\n")
        added_to(file, "    plots={\n", f"        'rows_seen': {heading!r},\n")
    # The command: one function.
    commands = package / "cli" / "question_commands.py"
    commands.write_text(
        commands.read_text("utf-8")
        + """

@app.command()
@question
def rows_seen(posterior: Any, *, random_seed: int, lang: str) -> Shown:
    \"\"\"Print how many rows of evidence the fit saw.\"\"\"
    from withdrawal_risk.queries.rows_seen import rows_seen as run

    result = run(posterior)
    return Shown(data=result.to_dict(), blocks=[result.sentence(lang)])
""",
        encoding="utf-8",
    )
    posterior.save(tmp_path / "small.nc")
    (tmp_path / "small").mkdir()
    text = small_text.replace("conditions:\n", f"{DELAYS}conditions:\n")
    (tmp_path / "small" / "model.yaml").write_text(text, encoding="utf-8")
    rows = (PACKAGE.parents[1] / "tests/data/small/evidence.csv").read_text("utf-8")
    rows += "d1,delays,2023-06,2023-06,2023-07,44,,,,A,invented,,\n"
    (tmp_path / "small" / "evidence.csv").write_text(rows, encoding="utf-8")
    code = """\
import json, sys
sys.path.insert(0, sys.argv[1])
import withdrawal_risk as wr
assert wr.__file__.startswith(sys.argv[1])
result = wr.rows_seen(wr.open_posterior(sys.argv[1] + "/small.nc"))
figure = wr.plot_rows_seen(result, lang="ar")
model = wr.load_model(sys.argv[1] + "/small")
# The compiled density has the family, and compares itself with the forms for arrays.
from withdrawal_risk.inference import alignment, operation, parameters
frame = parameters.build_frame(model, alignment.fit_window(model, model.as_of))
operation.compiled_model(model, frame, model.as_of)
from typer.testing import CliRunner
from withdrawal_risk.cli.app import app
import withdrawal_risk.cli.commands
print(json.dumps({
    "sentences": [result.sentence("en"), result.sentence("ar")],
    "rows": result.to_dict(),
    "bars": [int(bar.get_width()) for bar in figure.axes[0].patches],
    "family": model.spec.indicators["delays"].family,
    "help": CliRunner().invoke(app, ["rows-seen", "--help"]).output,
}))
"""
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code, str(tmp_path)],
        capture_output=True,
        text=True,
        check=False,
        cwd=tmp_path,
    )
    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout)
    count = len(posterior.model.evidence)
    assert said["sentences"][0] == f"The fit saw {count} rows."
    assert str(count) in said["sentences"][1]
    assert sum(said["bars"]) == count and said["bars"] == list(said["rows"].values())
    assert said["family"] == "logistic" and "rows of evidence" in said["help"]


def test_code_in_contributing_runs(posterior: wr.Posterior) -> None:
    text = (PACKAGE.parents[1] / "CONTRIBUTING.md").read_text("utf-8")
    namespace: dict[str, Any] = {"posterior": posterior}
    for block in re.findall(r"^```python\n(.*?)^```", text, re.MULTILINE | re.DOTALL):
        exec(compile(block, "CONTRIBUTING.md", "exec"), namespace)
    assert 0 <= namespace["low"] <= namespace["high"] <= 1
