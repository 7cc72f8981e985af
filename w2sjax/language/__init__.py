"""The language of claims: formulas as data, and what can be done with them; needs neither JAX nor flint."""

from w2sjax.language.terms import absolute as absolute
from w2sjax.language.terms import equal as equal
from w2sjax.language.terms import less as less
from w2sjax.language.terms import log as log
from w2sjax.language.terms import maximum as maximum
from w2sjax.language.terms import minimum as minimum
from w2sjax.language.terms import named as named
from w2sjax.language.terms import sqrt as sqrt
from w2sjax.language.terms import unknown as unknown
