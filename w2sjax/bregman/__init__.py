"""Bregman divergences: predictors that are probabilities, and what is fitted to them."""
