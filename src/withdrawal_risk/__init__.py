"""Bayesian causal risk models of military drawdowns."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from withdrawal_risk.compiler_folder import ensure_compiler_folder

ensure_compiler_folder()

if TYPE_CHECKING:
    from withdrawal_risk.errors import (
        ArgumentError,
        ModelFileError,
        QueryError,
        WithdrawalRiskError,
        WithdrawalRiskWarning,
    )
    from withdrawal_risk.inference.build import build
    from withdrawal_risk.inference.checks import CheckResult, check
    from withdrawal_risk.inference.fit import fit
    from withdrawal_risk.inference.posterior import Posterior, open_posterior
    from withdrawal_risk.model.library import Model, list_models, load_model
    from withdrawal_risk.model.timeline import Month
    from withdrawal_risk.plots.levers import plot_reach, plot_watch_list
    from withdrawal_risk.plots.network import plot_network
    from withdrawal_risk.plots.outlook import plot_edges, plot_forecast, plot_outlook
    from withdrawal_risk.plots.scenarios import plot_scenarios
    from withdrawal_risk.plots.why import plot_attribution, plot_change, plot_drivers, plot_paths
    from withdrawal_risk.queries.attribution import Attribution, attribution
    from withdrawal_risk.queries.change import Change, explain_change
    from withdrawal_risk.queries.drivers import Drivers, drivers
    from withdrawal_risk.queries.forecast import forecast
    from withdrawal_risk.queries.graph import ancestors, backdoor_sets, d_separated, implied_table, independencies
    from withdrawal_risk.queries.history import history
    from withdrawal_risk.queries.information import WatchList, watch_list
    from withdrawal_risk.queries.interval import IntervalShares, explain_interval
    from withdrawal_risk.queries.interventions import counterfactual, do, observe
    from withdrawal_risk.queries.outlook import outlook
    from withdrawal_risk.queries.reach import Reach, reach
    from withdrawal_risk.queries.results import Result
    from withdrawal_risk.queries.routes import Routes, paths
    from withdrawal_risk.queries.scenarios import Scenarios, scenarios
    from withdrawal_risk.queries.settings import Shift, shift
    from withdrawal_risk.reports.build import report
    from withdrawal_risk.tasks import sweep

_WHERE = {
    "ArgumentError": "errors",
    "Attribution": "queries.attribution",
    "Change": "queries.change",
    "CheckResult": "inference.checks",
    "Drivers": "queries.drivers",
    "IntervalShares": "queries.interval",
    "Model": "model.library",
    "ModelFileError": "errors",
    "Month": "model.timeline",
    "Posterior": "inference.posterior",
    "QueryError": "errors",
    "Reach": "queries.reach",
    "Result": "queries.results",
    "Routes": "queries.routes",
    "Scenarios": "queries.scenarios",
    "Shift": "queries.settings",
    "WatchList": "queries.information",
    "WithdrawalRiskError": "errors",
    "WithdrawalRiskWarning": "errors",
    "ancestors": "queries.graph",
    "attribution": "queries.attribution",
    "backdoor_sets": "queries.graph",
    "build": "inference.build",
    "check": "inference.checks",
    "counterfactual": "queries.interventions",
    "d_separated": "queries.graph",
    "do": "queries.interventions",
    "drivers": "queries.drivers",
    "explain_change": "queries.change",
    "explain_interval": "queries.interval",
    "fit": "inference.fit",
    "forecast": "queries.forecast",
    "history": "queries.history",
    "implied_table": "queries.graph",
    "independencies": "queries.graph",
    "list_models": "model.library",
    "load_model": "model.library",
    "observe": "queries.interventions",
    "open_posterior": "inference.posterior",
    "outlook": "queries.outlook",
    "paths": "queries.routes",
    "plot_attribution": "plots.why",
    "plot_change": "plots.why",
    "plot_drivers": "plots.why",
    "plot_edges": "plots.outlook",
    "plot_forecast": "plots.outlook",
    "plot_network": "plots.network",
    "plot_outlook": "plots.outlook",
    "plot_paths": "plots.why",
    "plot_reach": "plots.levers",
    "plot_scenarios": "plots.scenarios",
    "plot_watch_list": "plots.levers",
    "reach": "queries.reach",
    "report": "reports.build",
    "scenarios": "queries.scenarios",
    "shift": "queries.settings",
    "sweep": "tasks",
    "watch_list": "queries.information",
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
