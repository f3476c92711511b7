"""A fit, an answer, a picture and a report of a small model, asked of an installed package.

Copied beside the model and run there: ``python smoke.py``.
"""

import platform
import sys
from pathlib import Path

import withdrawal_risk as wr

here = Path(__file__).parent
assert not Path(wr.__file__).is_relative_to(here), wr.__file__
model = wr.load_model(here / "small")
posterior = wr.fit(model, draws=200, tune=300, chains=2, random_seed=1, progressbar=False)
result = wr.outlook(posterior)
assert result.summary["probability"].between(0.01, 0.99).all(), result.summary
assert "%" in result.sentence() and "٪" in result.sentence("ar")
done = wr.do(posterior, {"tension": wr.shift(-1)})
for name, figure in {
    "outlook": wr.plot_outlook(result),
    "do": wr.plot_do(done),
    "network": wr.plot_network(posterior, lang="ar"),
    "forecast": wr.plot_forecast(posterior),
}.items():
    figure.savefig(here / f"{name}.png")
posterior.save(here / "small.nc")
wr.report(wr.open_posterior(here / "small.nc"), here / "report.html", lang="both")
page = (here / "report.html").read_text(encoding="utf-8")
assert 'id="live-data"' in page and 'dir="rtl"' in page
print(
    f"Python {platform.python_version()}: fit, answers, plots and report of withdrawal_risk {wr.__version__}"
)
print(result.sentence(), file=sys.stderr)
