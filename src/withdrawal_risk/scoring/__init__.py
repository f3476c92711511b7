"""Forecasts held against what happened: scores, baselines, skill and calibration."""
