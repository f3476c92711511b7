"""How a section draws: a figure becomes a picture of the page."""

from __future__ import annotations

from dataclasses import dataclass, field

from matplotlib.figure import Figure

from withdrawal_risk.reports.blocks import Picture
from withdrawal_risk.reports.pictures import inline_svg

__all__ = ["Drawing"]


@dataclass
class Drawing:
    """Draws the figures of a page in one language.

    Parameters
    ----------
    lang : str
    """

    lang: str
    _count: int = field(default=0, init=False)

    def picture(self, figure: Figure, caption: str) -> Picture:
        """Return a figure as a picture; its caption describes it to people who cannot see."""
        self._count += 1
        return Picture(inline_svg(figure, f"{self.lang}{self._count}", caption), caption)
