"""Hypothesis strategies for bounds of one's own; import it by name, as it needs `hypothesis`.

```python
from hypothesis import given, settings
from w2sjax import strategies

settings.load_profile("w2sjax")

@given(strategies.instances(kind="simplex", points=4, features=2))
def test_my_bound(instance): ...
```

Every draw is valid by construction, nothing is filtered out. Shapes follow from the options alone, so that
code under test compiles once. Numbers are short: small integers first, then fractions with a power of two
for denominator, which floating point holds exactly, then any; a failing example shrinks to numbers that a
person can check by hand. Double precision is the caller's to switch on, as everywhere.

Profile "w2sjax": no deadline, as the first example of a test compiles; everything else as by default.
"""

from hypothesis import settings

from w2sjax.strategies._convex_sets import convex_sets as convex_sets
from w2sjax.strategies._convex_sets import members as members
from w2sjax.strategies._learning import hypothesis_classes as hypothesis_classes
from w2sjax.strategies._learning import instances as instances
from w2sjax.strategies._numbers import numbers as numbers
from w2sjax.strategies._numbers import probability_vectors as probability_vectors
from w2sjax.strategies._numbers import vectors as vectors
from w2sjax.strategies._worlds import bandits as bandits
from w2sjax.strategies._worlds import finite_worlds as finite_worlds
from w2sjax.strategies._worlds import mixtures as mixtures

settings.register_profile("w2sjax", deadline=None)
