"""What a user's own code looks like to a strict type checker: ``make lint`` reads it, and nothing runs it."""

import datetime as dt

import numpy as np
import pandas as pd

import withdrawal_risk as wr

model: wr.Model = wr.load_model("iraq-2025")
posterior: wr.Posterior = wr.fit(model, as_of=pd.Timestamp("2025-08-01"), draws=100, cache=True)
start, end = dt.date(2025, 10, 1), np.datetime64("2026-01")
result: wr.Result = wr.do(posterior, {"us_iran_tension": wr.shift(-1)}, start=start, end=end)
text: str = result.sentence("ar", "arms_under_state")
table: pd.DataFrame = wr.history(model, [pd.Timestamp("2025-07-01"), "2025-08"])
checks: list[wr.CheckResult] = wr.check(posterior)
found: wr.Scenarios = wr.scenarios(posterior, ["regional_escalation"])
figure = wr.plot_network(model, lang="en")
