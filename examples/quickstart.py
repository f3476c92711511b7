"""
From the shipped model to pictures
==================================

From the shipped model to an answer, a forecast and pictures, in a dozen lines.

Run it: ``python examples/quickstart.py [output folder]``. The first run takes a minute or two,
most of it spent compiling.
"""

from __future__ import annotations

import sys
from pathlib import Path

import withdrawal_risk as wr


def main(folder: str = "output", draws: int = 2000, tune: int = 1000) -> None:
    """Fit iraq-2025, print the outlook and draw it."""
    output = Path(folder)
    output.mkdir(parents=True, exist_ok=True)
    model = wr.load_model("iraq-2025")
    posterior = wr.fit(model, draws=draws, tune=tune, random_seed=1)
    for item in wr.check(posterior):
        if item.passed is False:
            print("CHECK FAILED:", item.text)

    result = wr.outlook(posterior)
    print(result.summary.round(3))
    print(result.sentence())
    print(result.sentence("ar"))

    paths = wr.forecast(posterior)
    months = paths["level"].sel(factor="security_gaps").quantile([0.05, 0.5, 0.95], dim="sample")
    print(months.sel(month=slice("2025-06", "2026-09")).to_pandas().T.round(2))

    wr.plot_outlook(result).savefig(output / "outlook.png", dpi=150)
    wr.plot_network(posterior).savefig(output / "network.png", dpi=150)
    wr.plot_forecast(posterior).savefig(output / "forecast.png", dpi=150)
    posterior.save(output / "iraq-2025.nc")


if __name__ == "__main__":
    main(*sys.argv[1:])
