"""The exact instances of the setting."""

from w2sjax.settings.projection.problem import Problem as Instance

__all__ = ["Instance"]
