"""English: every word in tables and labels; a test holds the languages against each other."""

from __future__ import annotations

from typing import Final

__all__ = ["ICD_203", "INTERVAL", "LEVELS", "PLOTS", "REPORT", "STATISTICS"]

PLOTS: Final = {
    "probability": "Probability",
    "posterior": "Given the evidence",
    "prior": "Before the evidence",
    "level": "Level (long-run standard deviations)",
    "weight": "Long-run effect (sd per sd)",
    "raises": "raises",
    "lowers": "lowers",
    "network": "Causal network: line width shows the size of the effect",
    "outlook": "Probability of each condition by {when}",
    "edges": "Causal effects before and after the evidence",
    "interval": "{p} % interval",
    "median": "Median, or probability of yes",
    "evidence": "Evidence",
    "scenario": "Scenario, {p} % interval",
    "shade": "Current level",
    "grades": "Shade: probability of each grade",
    "seen": "if it is seen there",
    "expected": "as expected",
    "drivers": "{what}: what each factor would do, and what it would tell",
    "attribution": "{what}: what took the probability from {a} to {b}",
    "untouched": "without the shocks",
    "now": "as it is",
    "before": "as of {when}",
    "change": "{what}: what moved the probability",
    "change_points": "Probability (bars: Monte Carlo error, 90 %)",
    "routes": "Effect of {a} on {b}, by route",
    "effect": "Effect of a lasting {step} at the horizon (sd),\n{p} % interval",
    "reach": "{what}: the highest probability for each cost",
    "cost": "Cost (the file's units)",
    "shift": "Lasting shift (sd)",
    "target": "target {p}",
    "answer": "answer, all draws",
    "watch": "{what}: what an indicator would tell in {n}",
    "reduction": "Expected fall of the probability's variance (%)",
    "floor": "noise floor",
    "mcse": "Monte Carlo error, 90 %",
    "failed": "this fit failed its checks",
    "lower": "one sd lower; on the right, at its 10th percentile",
    "higher": "one sd higher; on the right, at its 90th percentile",
    "worse": "this end is worse",
    "moved": "if it were moved by one sd",
    "direct": "(in the condition)",
    "as_of": "evidence until {when}",
}
"""Words of the plots."""

REPORT: Final = {
    "answer": "The answer",
    "condition": "Condition",
    "probability": "Probability",
    "interval": "Credible interval",
    "word": "In words (ICD 203)",
    "prior": "Before the evidence",
    "mcse": "Monte Carlo error",
    "outlook": "Outlook",
    "network": "What acts on what",
    "forecast": "Forecast",
    "edges": "Causal effects",
    "checks": "Checks",
    "check": "Check",
    "verdict": "Verdict",
    "finding": "Finding",
    "passed": "passed",
    "failed": "FAILED",
    "information": "information",
    "warning": "Some checks failed. Do not rely on these numbers before the cause is mended.",
    "evidence": "Evidence used",
    "indicator": "Indicator",
    "span": "Span",
    "value": "Value",
    "grade": "Grade",
    "source": "Source",
    "published": "Known from",
    "note": "Note",
    "weight": "Long-run effect (sd per sd, 5th to 95th percentile)",
    "assumptions": "Assumptions",
    "cause": "Cause",
    "effect": "Effect",
    "reason": "Reason",
    "success": "What success means",
    "resolution": "Read at",
    "factors": "Factors and policies",
    "factor": "Factor",
    "meaning": "What it means",
    "worse": "Worse end",
    "seen": "Seen through",
    "based_on": "Based on",
    "as_of": "Evidence published until",
    "horizon": "Deadline",
    "interval_note": "The interval says how far the probability itself could move if we knew more about today's levels and the parameters; chance is already in the probability. It is equal-tailed.",
}
"""Words of the report, apart from its numbers."""

INTERVAL: Final = {
    "levels": "where things stand today",
    "weights": "how strongly factors act on each other",
    "half_lives": "how fast they answer",
    "own_scales": "how much they vary by themselves",
    "references": "what is usual and what indicators show then",
    "errors": "how exact indicators are",
    "event_sizes": "how large known events were",
    "together": "several of these together",
}
"""What a credible interval is made of."""

STATISTICS: Final = {
    "mean": "the average of {name}",
    "min": "the lowest {name}",
    "max": "the highest {name}",
    "total": "the total of {name}",
    "last": "{name}",
}
"""What a clause looks at, of something that has a name."""

LEVELS: Final = {
    "very low": "very low",
    "low": "low",
    "medium": "medium",
    "high": "high",
    "very high": "very high",
}
"""The five named levels."""

ICD_203: Final = (
    (0.05, "almost no chance"),
    (0.2, "very unlikely"),
    (0.45, "unlikely"),
    (0.55, "roughly even chance"),
    (0.8, "likely"),
    (0.95, "very likely"),
    (1.01, "almost certain"),
)
"""Upper end (excluded) and word of a probability."""
