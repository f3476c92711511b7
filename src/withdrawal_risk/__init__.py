"""Bayesian causal risk models of military drawdowns."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from withdrawal_risk.errors import ModelFileError, QueryError, WithdrawalRiskError
    from withdrawal_risk.inference.build import build
    from withdrawal_risk.inference.checks import CheckResult, check
    from withdrawal_risk.inference.fit import fit
    from withdrawal_risk.inference.posterior import Posterior, open_posterior
    from withdrawal_risk.model.library import Model, list_models, load_model
    from withdrawal_risk.plots.network import plot_network
    from withdrawal_risk.plots.outlook import plot_edges, plot_forecast, plot_outlook
    from withdrawal_risk.plots.scenarios import plot_scenarios
    from withdrawal_risk.queries.forecast import forecast
    from withdrawal_risk.queries.interventions import counterfactual, do, observe
    from withdrawal_risk.queries.outlook import outlook
    from withdrawal_risk.queries.results import Result
    from withdrawal_risk.queries.scenarios import Scenarios, scenarios
    from withdrawal_risk.report.build import report

_WHERE = {
    "CheckResult": "inference.checks",
    "Model": "model.library",
    "ModelFileError": "errors",
    "Posterior": "inference.posterior",
    "QueryError": "errors",
    "Result": "queries.results",
    "Scenarios": "queries.scenarios",
    "WithdrawalRiskError": "errors",
    "build": "inference.build",
    "check": "inference.checks",
    "counterfactual": "queries.interventions",
    "do": "queries.interventions",
    "fit": "inference.fit",
    "forecast": "queries.forecast",
    "list_models": "model.library",
    "load_model": "model.library",
    "observe": "queries.interventions",
    "open_posterior": "inference.posterior",
    "outlook": "queries.outlook",
    "plot_edges": "plots.outlook",
    "plot_forecast": "plots.outlook",
    "plot_network": "plots.network",
    "plot_outlook": "plots.outlook",
    "plot_scenarios": "plots.scenarios",
    "report": "report.build",
    "scenarios": "queries.scenarios",
}

__all__ = sorted(_WHERE)
__version__ = "0.1.0"


def __getattr__(name: str) -> Any:
    """Import a public name when it is first used: PyMC and Matplotlib are slow to load."""
    if name not in _WHERE:
        raise AttributeError(f"module 'withdrawal_risk' has no attribute {name!r}")
    value = getattr(importlib.import_module(f"withdrawal_risk.{_WHERE[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *_WHERE})
