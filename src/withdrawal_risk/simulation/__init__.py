"""The engine under every question: worlds, their futures, and what holds in them."""
