"""A proposal as text: the lines of a model file, each with the reason that its figures give."""

from __future__ import annotations

import math
from collections.abc import Mapping
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from typing import Final

from withdrawal_risk.suggestion.proposing import LEAST_EFFECTIVE, LEAST_PROBABILITY
from withdrawal_risk.suggestion.ranges import Proposal, Range

__all__ = ["JUDGED_ODDS", "fragment_of", "ranges_of", "reasons_of", "rounded"]

JUDGED_ODDS: Final = Range(p5=1.2, p50=math.sqrt(1.2 * 3), p95=3.0)
"""Factor by which the odds of nought fall per level: a judgement, the same for every history."""

_BOUNDS: Final[Mapping[str, tuple[float, ...]]] = {
    "half_life": (0.0,),
    "drift.share": (0.0, 1.0),
    "drift.half_life": (0.0,),
    "ratio_per_level": (1.0,),
    "odds_ratio_per_level": (1.0,),
    "zero_odds_ratio_per_level": (1.0,),
    "change_per_level": (0.0,),
    "error": (0.0,),
    "can_be_zero": (0.0, 1.0),
}
"""Values that a number of a model file never reaches. Those of a reference are of its family."""


def ranges_of(found: Proposal) -> dict[str, Range]:
    """Return every range that is proposed, by its key.

    The parts of drift are ``drift.share`` and ``drift.half_life``.
    """
    ranges = {"half_life": found.half_life}
    if found.drift is not None:
        ranges |= {"drift.share": found.drift.share, "drift.half_life": found.drift.half_life}
    ranges |= {"at_reference": found.at_reference, found.per_level_key: found.per_level}
    ranges["error"] = found.error
    if found.can_be_zero is not None:
        ranges |= {"can_be_zero": found.can_be_zero, "zero_odds_ratio_per_level": JUDGED_ODDS}
    return ranges


def fragment_of(found: Proposal, reasons: Mapping[str, str]) -> str:
    """Return the lines of a model file."""
    written = {key: _written(found, key, item) for key, item in ranges_of(found).items()}
    lines = ["factor:", f"  half_life: {written.pop('half_life')}  # {reasons['half_life']}"]
    if found.drift is None:
        lines.append(f"  # {reasons['drift']}")
    else:
        lines.append(f"  drift:  # {reasons['drift']}")
        for part in ("share", "half_life"):
            key = f"drift.{part}"
            lines.append(f"    {part}: {written.pop(key)}  # {reasons[key]}")
    lines += ["indicator:", f"  family: {found.family}  # {reasons['family']}"]
    lines += [f"  {key}: {text}  # {reasons[key]}" for key, text in written.items()]
    return "\n".join(lines) + "\n"


def _written(found: Proposal, key: str, item: Range) -> str:
    # A reference never reaches an end of what its family can show.
    ends = tuple(filter(math.isfinite, found.history.scale.family.support))
    low, high = rounded(item.p5, item.p95, _BOUNDS.get(key, ends))
    return f"{{p5: {low.normalize():f}, p95: {high.normalize():f}}}"


def rounded(low: float, high: float, bounds: tuple[float, ...] = ()) -> tuple[Decimal, Decimal]:
    """Round a range outwards to two digits, or three where the first is 1.

    Digits are counted of the range's width or, where that is smaller, of the distance of an end to
    a bound that it never reaches: 1.0123 above 1 keeps more of them.
    """
    return _end(low, high - low, bounds, ROUND_FLOOR), _end(high, high - low, bounds, ROUND_CEILING)


def _end(value: float, width: float, bounds: tuple[float, ...], side: str) -> Decimal:
    size = min([width, *(abs(value - bound) for bound in bounds)])
    place = math.floor(math.log10(size))
    step = place - (2 if size < 2 * 10.0**place else 1)
    # Through its shortest text, so that 0.3 is 0.3 and not a little less.
    return Decimal(repr(value)).quantize(Decimal(1).scaleb(step), rounding=side)


def reasons_of(found: Proposal) -> dict[str, str]:
    """Return why each number is what it is, in figures of the history; by key, as `ranges_of`.

    ``family`` says what was read, and ``drift`` why it is proposed or not.
    """
    reasons = {
        "family": _read(found),
        "half_life": _half_life(found),
        "drift": _drift(found),
        "at_reference": _reference(found),
        found.per_level_key: _per_level(found),
        "error": _error(found),
    }
    if found.drift is not None:
        slow = found.drift.half_life
        reasons["drift.share"] = (
            f"median {_number(found.drift.share.p50)} of the level's variance, given two speeds"
        )
        reasons["drift.half_life"] = (
            f"median {_number(slow.p50)} months; nearly the prior of 24 to 96, to which "
            f"{found.figures['months']:.0f} months add little"
        )
    if found.can_be_zero is not None:
        reasons["can_be_zero"] = (
            f"{found.figures['zeros']:.0f} of "
            f"{found.figures['months'] + found.figures['zeros']:.0f} months are 0; zeros in a row "
            "count for less"
        )
        reasons["zero_odds_ratio_per_level"] = "a judgement, not from the history"
    return reasons


def _number(value: float) -> str:
    # Three digits, without an exponent.
    return f"{Decimal(f'{value:.3g}'):f}"


def _correlation(value: float) -> str:
    # What rounds to 0 has no sign.
    return f"{round(value, 2) + 0.0:.2f}"


def _read(found: Proposal) -> str:
    figures, history = found.figures, found.history
    missing = f", {figures['missing']:.0f} missing" if figures["missing"] else ""
    return f"{figures['months']:.0f} months read, {history.first} to {history.last}{missing}"


def _half_life(found: Proposal) -> str:
    figures = found.figures
    return (
        f"median {_number(found.half_life.p50)} months; values 1 month apart correlate by "
        f"{_correlation(figures['autocorrelation_1'])}, 12 months apart by "
        f"{_correlation(figures['autocorrelation_12'])}"
    )


def _drift(found: Proposal) -> str:
    effective = found.two_speeds.effective_draws
    if effective < LEAST_EFFECTIVE:
        return f"no drift: two speeds do not fit these months ({effective:.0f} effective draws)"
    known = (
        f"two speeds have probability {found.two_speeds.probability:.2f} given "
        f"{found.figures['months']:.0f} months, 0.5 before"
    )
    if found.drift is not None:
        return known
    if found.two_speeds.probability < LEAST_PROBABILITY:
        return f"no drift: {known}; it is proposed from {LEAST_PROBABILITY:.2f} on"
    return f"no drift: {known}, but the half-life is as long as that of drift would be"


def _reference(found: Proposal) -> str:
    figures, scale, reference = found.figures, found.history.scale, found.at_reference
    says = (
        f"months average {_number(scale.natural(figures['mean_of_months']))}, sd "
        f"{_number(figures['sd_of_months'])} on the {scale.name} scale; "
    )
    posterior = (
        f"{_number(reference.posterior_p5)} to {_number(reference.posterior_p95)} by the posterior"
    )
    if reference.narrowed:
        return f"{says}{posterior}, cut to the millionfold span that a model file takes"
    if reference.widened:
        return f"{says}{posterior}, widened to {reference.floor:.2f} of these sd"
    return f"{says}{posterior}"


def _per_level(found: Proposal) -> str:
    figures, scale = found.figures, found.history.scale
    return (
        f"median {_number(found.per_level.p50)}; a level is one long-run sd, and months have sd "
        f"{_number(figures['sd_of_months'])} on the {scale.name} scale, error included"
    )


def _error(found: Proposal) -> str:
    figures, scale = found.figures, found.history.scale
    return (
        f"median {_number(found.error.p50)}; changes from month to month have sd "
        f"{_number(figures['sd_of_changes'])} on the {scale.name} scale"
    )
