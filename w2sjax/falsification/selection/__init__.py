"""The choice among weak models in exact numbers: one class and target, several weak models."""
