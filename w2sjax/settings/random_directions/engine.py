"""The first opinion on random directions: binomial probabilities of how many signs agree."""

from collections.abc import Iterator

from flint import fmpq, fmpz

from w2sjax.arithmetic.flint_numbers import rational
from w2sjax.language.claims import Claim
from w2sjax.settings.exact import Case, Witness
from w2sjax.settings.random_directions import fixed
from w2sjax.settings.random_directions.instance import Instance


class Engine(Witness):
    """The products of the student's error with the teachers'."""

    def __init__(self, claim: Claim, instance: Instance, bits: int):
        super().__init__(claim, instance)

    def cases(self) -> Iterator[Case]:
        """List in how many signs the student agrees with the chosen and with the rejected teacher."""
        rank, known = self.instance.rank, self.instance.known(rational)
        every = [(n, fmpq(fmpz.bin_uiui(rank, n), 2**rank)) for n in range(rank + 1)]
        for n, share in [(rank, fmpq(1))] if self.instance.copied else every:
            for m, other in every:
                products = {
                    ("to_chosen",): fmpq(2 * n - rank, rank),
                    ("to_rejected",): fmpq(2 * m - rank, rank),
                }
                yield Case((known | products).__getitem__, share * other, f"{n}, {m}", fixed=fixed)
