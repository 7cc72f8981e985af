"""The second opinion on random directions: one sign after another, in `fractions` alone."""

from collections.abc import Iterator
from fractions import Fraction

from w2sjax.arithmetic.intervals import exact
from w2sjax.settings.exact import Case, RefusedError, Witness
from w2sjax.settings.random_directions import fixed


class Checker(Witness):
    """The numbers of signs that agree, of which the evidence states those that fail."""

    notes = {"probabilities": "by adding one sign after another"}

    def cases(self) -> Iterator[Case]:
        """List what is stated to fail.

        Raises:
            RefusedError: for numbers of signs that there are not, or that are stated twice.
        """
        rank, known = self.instance.rank, self.instance.known(exact)
        walks = self.walks()
        certain = {Fraction(rank): Fraction(1)}
        chances = {
            f"{(a + rank) // 2}, {(b + rank) // 2}": (a, b, p * q)
            for a, p in (certain if self.instance.copied else walks).items()
            for b, q in walks.items()
        }
        stated = self.shown.get("failing")
        numbers = stated if isinstance(stated, list) else []
        if len(set(map(str, numbers))) < len(numbers) or not set(map(str, numbers)) <= set(chances):
            raise RefusedError(f"failing: expected pairs of numbers up to {rank}, each once")
        for label in numbers:
            first, second, chance = chances[label]
            products = {
                ("to_chosen",): exact(first / rank),
                ("to_rejected",): exact(second / rank),
            }
            yield Case((known | products).__getitem__, exact(chance), label, fixed=fixed)

    def walks(self) -> dict[Fraction, Fraction]:
        """Probability of each sum of signs."""
        sums = {Fraction(0): Fraction(1)}
        for _ in range(self.instance.rank):
            after: dict[Fraction, Fraction] = {}
            for place, chance in sums.items():
                for step in (-1, 1):
                    after[place + step] = after.get(place + step, Fraction(0)) + chance / 2
            sums = after
        return sums
