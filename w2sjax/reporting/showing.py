"""Results that show themselves."""

from typing import Any

from w2sjax.reporting.blocks import Report


class Shown:
    """Shows itself in a notebook and in a terminal as its `report` says."""

    def report(self) -> Report:
        """Give it as a report."""
        raise NotImplementedError

    def _repr_html_(self) -> str:
        from w2sjax.reporting.pages import fragment

        return fragment(self.report())

    def __rich__(self) -> Any:
        from w2sjax.reporting.terminal import rendered

        return rendered(self.report())
