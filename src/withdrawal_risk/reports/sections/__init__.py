"""The sections of the report, in the order of a briefing: each from the answers to blocks."""
