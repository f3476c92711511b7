"""The small model with evidence of every month, revisions and late news, for back tests."""

from __future__ import annotations

import numpy as np

import withdrawal_risk as wr

__all__ = ["FEW", "rubbish", "watched"]

FEW = {"draws": 20, "tune": 30, "chains": 1, "futures": 2, "progressbar": False}

HEADER = "id,indicator,start,end,published,value,low,high,se,grade,source,url,note,replaces\n"

RAID = """\
  raid:
    label: {en: Raid, ar: غارة}
    shape: pulse
    from: 2023-09
    effects:
      - {factor: tension, size: {p5: 1, p95: 4}}
    basis: "judgement: invented"
    why: It shocks later.
"""

MONTHS = [f"2023-{m:02d}" for m in range(1, 13)]


def _after(month: str, by: int = 1) -> str:
    number = int(month[:4]) * 12 + int(month[5:]) - 1 + by
    return f"{number // 12:04d}-{number % 12 + 1:02d}"


def watched(small_text: str) -> wr.Model:
    """Return the model; counts are revised three months after they were published."""
    rng = np.random.default_rng(1)
    rows = []
    for n, month in enumerate(MONTHS):
        first, known = int(rng.poisson(15 + n)), _after(month)
        if known <= "2023-12":
            rows.append(f"i{n},incidents,{month},{month},{known},{first},,,,A,invented,,,")
        if _after(month, 4) <= "2023-12":
            later = _after(month, 4)
            rows.append(f"j{n},incidents,{month},{month},{later},{first + 3},,,,A,invented,,,i{n}")
        value = 100 * np.exp(0.1 * rng.standard_normal())
        rows.append(f"r{n},rate,{month},{month},rule:same_month,{value:.1f},,,,A,invented,,,")
        if n % 2:
            rows.append(f"c{n},closed,{month},{month},{month},{n % 4 // 2},,,,A,invented,,,")
            rows.append(
                f"m{n},mood,{month},{month},{month},{('bad', 'fair')[n % 3 > 0]},,,,A,invented,,,"
            )
    # The date of a revision is stated, that of what it revises is not.
    rows.append("q2,rate,2023-03,2023-03,2023-08,101,,,,A,invented,,,r2")
    rows.append("s1,supply,2023-04,2023-06,2023-09,0.45,,,0.02,A,invented,,,")
    rows.append("s2,supply,2023-10,2023-10,2023-11,,0.45,0.6,,A,invented,,,")
    text = small_text.replace("events:\n", "events:\n" + RAID)
    return wr.Model.from_texts(text, HEADER + "\n".join(rows) + "\n")


def rubbish(model: wr.Model, origin: str, data: str) -> wr.Model:
    """Return the model with other values in all that counts as known after an origin.

    Of revised data that are single months from the origin's own on, and all else that was
    published later.
    """
    header, *lines = (model.evidence_text or "").splitlines()
    late = {
        row.id
        for row in model.evidence
        if (
            str(row.start) >= origin
            if data == "revised" and row.start == row.end
            else str(row.published) > origin
        )
    }
    rows = []
    for line in lines:
        cells = line.split(",")
        if cells[0] in late:
            cells[5] = {"rate": "9999", "closed": "0", "mood": "good", "supply": "0.01"}.get(
                cells[1], "99999"
            )
            if cells[6]:
                cells[5:8] = "", "0.01", "0.02"
        rows.append(",".join(cells))
    text = model.model_text
    if origin < "2023-09":
        text = text.replace("size: {p5: 1, p95: 4}", "size: {p5: -40, p95: -30}")
    if origin < "2023-08":
        text = text.replace("value: 500, published", "value: 99999, published")
    return wr.Model.from_texts(text, "\n".join([header, *rows]) + "\n")
