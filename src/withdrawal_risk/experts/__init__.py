"""Numerics of expert judgement: how well experts judge, and their distributions put together."""
