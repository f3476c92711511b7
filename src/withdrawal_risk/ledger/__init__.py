"""What was said and what happened, written down once: an append-only folder, and its questions."""
