"""Rounding bounds of plain array code: a running error analysis of what it was traced to."""

from w2sjax.arithmetic.running_error.arrays import EXACT as EXACT
from w2sjax.arithmetic.running_error.arrays import MOVES as MOVES
from w2sjax.arithmetic.running_error.interpreter import CALLS as CALLS
from w2sjax.arithmetic.running_error.interpreter import INSIDE as INSIDE
from w2sjax.arithmetic.running_error.interpreter import rounded as rounded
