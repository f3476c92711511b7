"""What a model file must satisfy beyond the shape of its parts."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from withdrawal_risk.model.spec import ModelSpec
from withdrawal_risk.model.validation.basis import basis_faults
from withdrawal_risk.model.validation.dates import date_faults
from withdrawal_risk.model.validation.faults import Fault
from withdrawal_risk.model.validation.limits import MOST, MOST_MONTHS, limit_faults
from withdrawal_risk.model.validation.network import dynamics_faults, edge_faults
from withdrawal_risk.model.validation.references import (
    name_faults,
    reference_faults,
    scaled_edge_faults,
)
from withdrawal_risk.model.validation.scenarios import contradiction_faults, recognition_faults

__all__ = ["MOST", "MOST_MONTHS", "Fault", "faults"]


def faults(spec: ModelSpec, left_out: Collection[str] | None = None) -> Iterator[Fault]:
    """Yield every fault of a model.

    Parameters
    ----------
    spec : ModelSpec
    left_out : collection of str, optional
        Ids of elements whose own faults are reported elsewhere, which may be referred to.
        Default: the file is whole.
    """
    skipped = left_out or ()
    # Sizes come first, because the other checks could take long beyond them.
    too_large = False
    for fault in limit_faults(spec):
        too_large = True
        yield fault
    if too_large:
        return
    nodes = {*spec.factors, *spec.policies, *skipped}
    yield from name_faults(spec)
    edges_sound = True
    for fault in edge_faults(spec, nodes):
        edges_sound = False
        yield fault
    references_sound = True
    for fault in reference_faults(spec, nodes, {*spec.indicators, *skipped}, skipped):
        references_sound = False
        yield fault
    # Edges have no ids: where faulty ones are left out, no other is known to be meant.
    if left_out is None or spec.edges:
        yield from scaled_edge_faults(spec)
    yield from basis_faults(spec, left_out)
    yield from date_faults(spec)
    yield from contradiction_faults(spec)
    if references_sound and left_out is None:
        yield from recognition_faults(spec)
    # Dynamics need all elements, and an order in which to sweep the months: no cycle at lag 0.
    if edges_sound and left_out is None:
        yield from dynamics_faults(spec)
