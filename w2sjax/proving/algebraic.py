"""Names of quadratic numbers."""

import math

import mpmath


def algebraic(near: float) -> str:
    """Name a quadratic number with small coefficients near a number; "" if there is none."""
    found = mpmath.pslq([near**2, near, 1], tol=1e-6, maxcoeff=60, maxsteps=10_000)
    if not found or not found[0]:
        return ""
    a, b, c = map(int, found)
    if a < 0:
        a, b, c = -a, -b, -c
    square = b * b - 4 * a * c
    outside = max(k for k in range(1, math.isqrt(square) + 1) if square % (k * k) == 0)
    sign = "+" if 2 * a * near + b > 0 else "-"
    inside, common = square // outside**2, math.gcd(b, outside, 2 * a)
    root = f"{outside // common if outside != common else ''}√{inside}"
    above = f"{-b // common} {sign} {root}" if b else f"{sign if sign == '-' else ''}{root}"
    below = 2 * a // common
    return above if below == 1 else f"({above})/{below}"
