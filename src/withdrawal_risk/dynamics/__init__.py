"""The structural equation, its compiled forms and the scale it fixes."""
