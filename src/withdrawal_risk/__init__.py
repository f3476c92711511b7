"""Bayesian causal risk models of military drawdowns."""

from __future__ import annotations

import lazy_loader

from withdrawal_risk.compiler_folder import ensure_compiler_folder

ensure_compiler_folder()

__version__ = "0.1.0"

# Names stand in ``__init__.pyi`` and are imported when they are first used: PyMC and Matplotlib are
# slow to load.
__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
