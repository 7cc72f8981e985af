"""Numbers: doubles with proved rounding, running error, balls, rational intervals."""
