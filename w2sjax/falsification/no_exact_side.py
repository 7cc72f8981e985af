"""That a claim cannot be put into exact terms."""


class NoExactSideError(ValueError):
    """A claim that has no exact statement; says why."""
