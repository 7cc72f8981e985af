r"""More overlap points do not make the student worse, on average.

Setting. An overlap mixture with fair labels and isotropic noise; a weak model that is linear in the easy
coordinates and better than chance on them; students are logistic regressions on $n_1 < \dots < n_k$ overlap
points with the weak model's labels. $A_{r,i}$ is the population accuracy of the student of $n_i$ points in
the r-th of R independent repetitions, and $\bar A_i$ its mean.

Reference. Derived, from the empirical finding of Shin, Cooper, Sala (2025), arXiv:2412.03881, that the
gain rises with the overlap density. The weak model and the regions' shares where both are judged stay the
same here, so the gain rises as the student's accuracy does. If $E A_{r,i}$ does not fall in i, this is
Hoeffding's inequality for the $k(k - 1)/2$ differences, each in $[-1, 1]$; that it does not is not proved.

Numerics. Accuracies are in closed form, so that the noise is that of training alone. The statement is about
the students as computed, so their distance to the optimum does not count. With 32 repetitions the radius
is 0.46: falls smaller than that are not seen, and where all accuracies are close to each other nothing is.
"""

from fractions import Fraction

from w2sjax import Claim
from w2sjax.language import log, sqrt
from w2sjax.settings import mixture
from w2sjax.settings.mixture import R, delta, k, largest_fall, largest_rise

radius = sqrt(2 * log(k * (k - 1) / (2 * delta)) / R)

CLAIM = Claim(
    title="Gain rises with the overlap density",
    source="derived; empirical finding of Shin, Cooper, Sala (2025), arXiv:2412.03881",
    setting=mixture.SETTING,
    assumptions=(mixture.BETTER_THAN_CHANCE,),
    claim=largest_fall <= radius,
    # Overlap points never help.
    false_twin=largest_rise <= radius,
    failure=Fraction(1, 10),
)
