"""What published figures alone will say of the conditions, and what is left to judgement."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from withdrawal_risk.elements.conditions import Tree, clauses
from withdrawal_risk.inference.posterior import Posterior
from withdrawal_risk.model.clauses import origin
from withdrawal_risk.simulation.conditions import ALL_CONDITIONS, Evaluator, subjects
from withdrawal_risk.simulation.futures import Futures, simulate

__all__ = ["published_part"]


def published_part(
    posterior: Posterior,
    trees: Mapping[str, Tree] | None = None,
    *,
    futures: int,
    random_seed: int,
) -> pd.DataFrame:
    """Return how probable it is that published figures alone decide each condition.

    Clauses that are judged count as unknown, those on a policy as given.

    Parameters
    ----------
    posterior : Posterior
    trees : mapping of str to tree, optional
        Default: those of all conditions, and their conjunction.
    futures, random_seed : int
        As in `outlook`, whose futures these are.

    Returns
    -------
    pandas.DataFrame
        One row a condition, the conjunction last: ``published_true`` and ``published_false``, and
        ``judged``, what is left; they add up to 1.
    """
    spec = posterior.model.spec
    names = [*spec.conditions, ALL_CONDITIONS] if trees is None else list(trees)
    asked = [item.tree for item in spec.conditions.values()] if trees is None else trees.values()
    table = pd.DataFrame(
        {"published_true": 0.0, "published_false": 0.0, "judged": 1.0},
        index=pd.Index(names, name="condition"),
    )
    # Of what is judged throughout nothing has to be simulated.
    if all(origin(spec, leaf) == "judged" for tree in asked for leaf in clauses(tree)):
        return table
    evaluator = Evaluator(posterior, trees)
    factors = sorted(subjects(posterior, asked))

    def counted(some: Futures) -> list[tuple[int, int]]:
        settled = evaluator.settled(some)
        return [(int(true.sum()), int(false.sum())) for true, false in settled.values()]

    results = simulate(
        posterior,
        lambda several: (counted(baseline := next(several)), baseline.shape),
        futures=futures,
        random_seed=random_seed,
        factors=factors,
    )
    counts, shapes = zip(*results, strict=True)
    share = np.sum(counts, axis=0) / sum(draws * futures for draws, futures in shapes)
    table["published_true"], table["published_false"] = share.T
    # No less than 0 in the last bit.
    table["judged"] = np.maximum(1.0 - share.sum(axis=1), 0.0)
    return table
