"""That a number is not known well enough."""


class OpenError(Exception):
    """A quantity that is out of reach, or not at this precision; says why."""
