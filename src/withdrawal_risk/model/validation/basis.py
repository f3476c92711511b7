"""What elements rest on: claims of the text, sources, judgements."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from typing import Final

from withdrawal_risk.characters import quoted
from withdrawal_risk.model.document import Path_
from withdrawal_risk.model.spec import ModelSpec
from withdrawal_risk.model.validation.faults import Fault, unknown

__all__ = ["basis_faults"]

_CLAIM: Final = re.compile(r"^[A-Z][0-9]{1,2}$")


def basis_faults(spec: ModelSpec, left_out: Collection[str] | None) -> Iterator[Fault]:
    """Find claims that do not exist or that no element has, and texts that are no basis."""
    cited: set[str] = set()
    elements: list[tuple[Path_, tuple[str, ...]]] = [
        ((section, name), item.basis)
        for section in ("factors", "policies", "events", "indicators", "conditions", "scenarios")
        for name, item in getattr(spec, section).items()
    ]
    elements += [(("edges", number), edge.basis) for number, edge in enumerate(spec.edges)]
    for place, basis in elements:
        for text in basis:
            if _CLAIM.fullmatch(text):
                cited.add(text)
                if text not in spec.claims and text not in (left_out or ()):
                    yield (*place, "basis"), unknown("claim", text, set(spec.claims))
            elif not re.fullmatch(r"https?://\S+|judgement: \S.*", text, re.DOTALL):
                yield (
                    (*place, "basis"),
                    f"{quoted(text)} is not a basis; write a claim id, a source's https address, "
                    "or "
                    "'judgement: ' and the reason",
                )
    for name, claim in spec.claims.items():
        # An element that was left out may be the one that cites the claim.
        if name not in cited and claim.context is None and left_out is None:
            yield (
                ("claims", name),
                f"no element has claim {name} as its basis; cite it, or give 'context' saying why "
                "not",
            )
