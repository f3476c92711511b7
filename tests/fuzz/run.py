"""Runs mutations one after the other, and counts what must not be."""

from __future__ import annotations

import resource
import time
import traceback
import warnings
from collections import Counter
from dataclasses import dataclass, field

import numpy as np
from tests.fuzz.targets import Fuzz, OtherNumbers

import withdrawal_risk as wr

SLOW = 5.0
LONG = 20_000
MEMORY = 2 * 1024**3


@dataclass
class Account:
    """What came of mutations.

    Parameters
    ----------
    count : int
    outcomes : Counter
        By target and what came of it.
    faults : list of str
        What must not be: tracebacks, other numbers, slowness, long messages.
    """

    count: int = 0
    outcomes: Counter[tuple[str, str]] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)
    slowest: float = 0.0

    before: int = field(default_factory=lambda: _memory())
    grown: int = 0

    @property
    def memory(self) -> int:
        """Bytes this process took at most."""
        return _memory()


def _memory() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def run(fuzz: Fuzz, mutations: int, seed: int, *, seconds: float = np.inf) -> Account:
    """Do so many things wrong, each from a seed of its own, targets in turn."""
    account, began = Account(), time.monotonic()
    targets = list(fuzz.targets().items())
    for number in range(mutations):
        name, target = targets[number % len(targets)]
        if time.monotonic() - began > seconds:
            break
        start, label = time.monotonic(), f"{name}, seed {seed}, number {number}"
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            try:
                outcome = target(np.random.default_rng([seed, number]))
            except wr.WithdrawalRiskError as refused:
                outcome = "refused"
                if len(str(refused)) > LONG:
                    account.faults.append(f"{label}: a message of {len(str(refused))} characters")
            except OtherNumbers as error:
                outcome = "other numbers"
                account.faults.append(f"{label}: {error} gave other numbers")
            except Exception:
                outcome = "traceback"
                account.faults.append(f"{label}: {traceback.format_exc(limit=-4)}")
        took = time.monotonic() - start
        account.slowest = max(account.slowest, took)
        if took > SLOW:
            account.faults.append(f"{label}: {took:.1f} s")
        account.grown = account.memory - account.before
        account.count += 1
        account.outcomes[name, outcome] += 1
    return account
