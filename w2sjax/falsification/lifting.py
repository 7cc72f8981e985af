"""An arithmetic over several models at once: its numbers are tuples, an entry a model."""

from typing import Any


def lifted(arithmetic: Any, width: int) -> dict[str, Any]:
    """Let an arithmetic work on tuples, entry by entry: numbers of several models at once."""

    def each(operation: Any) -> Any:
        return lambda *parts: tuple(operation(*entries) for entries in zip(*parts, strict=True))

    found = {name: each(operation) for name, operation in arithmetic.items()}
    found["number"] = lambda value: (arithmetic["number"](value),) * width
    found["power"] = lambda base, exponent: tuple(arithmetic["power"](b, exponent) for b in base)
    return found
