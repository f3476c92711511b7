"""Files of other programs: static networks, drawings, and tidy tables."""
