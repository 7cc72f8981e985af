"""Projections by Clarabel through cvxpy: an independent oracle of moderate accuracy."""

import warnings
from typing import Any

import cvxpy
import numpy as np


def constraints(convex_set: Any, theta) -> list:
    """The set in cvxpy's words."""
    match convex_set.name:
        case "intersection":
            return constraints(convex_set.first, theta) + constraints(convex_set.second, theta)
        case "l2_ball" | "rkhs_ball":
            return [cvxpy.norm(theta) <= float(convex_set.radius)]
        case "l1_ball":
            return [cvxpy.norm1(theta) <= float(convex_set.radius)]
        case "simplex":
            return [theta >= 0, cvxpy.sum(theta) == float(convex_set.total)]
        case "orthant":
            return [theta >= 0]
        case "box":
            return [theta >= np.asarray(convex_set.lower), theta <= np.asarray(convex_set.upper)]
        case "ellipsoid":
            shape = np.asarray(convex_set.cholesky).T
            return [cvxpy.norm(shape @ (theta - np.asarray(convex_set.centre))) <= 1]
        case "polyhedron":
            rows = [np.asarray(convex_set.matrix) @ theta <= np.asarray(convex_set.bound)]
            if convex_set.level.size:
                equality, level = np.asarray(convex_set.equality), np.asarray(convex_set.level)
                rows.append(equality @ theta == level)
            return rows
        case "monotone":
            return [cvxpy.diff(theta) >= 0] if theta.size > 1 else []
        case "bounded_values":
            return [cvxpy.abs(theta) <= float(convex_set.bound)]
    return []


def project(convex_set, target, weights, features=None, *, intercept=False) -> np.ndarray:
    """Values of the projection of `target` in the weighted norm."""
    target, weights = np.asarray(target), np.asarray(weights)
    size = target.size if features is None else np.shape(features)[1]
    theta, constant = cvxpy.Variable(size), cvxpy.Variable()
    values: Any = theta if features is None else np.asarray(features) @ theta
    if intercept:
        values = values + constant
    loss = cvxpy.sum_squares(cvxpy.multiply(np.sqrt(weights), values - target))
    problem = cvxpy.Problem(cvxpy.Minimize(loss), constraints(convex_set, theta))
    kinds = ("tol_gap_abs", "tol_gap_rel", "tol_feas")
    fine = dict.fromkeys(kinds, 1e-11)
    enough = dict.fromkeys((f"reduced_{kind}" for kind in kinds), 1e-7)
    with warnings.catch_warnings():  # it warns where it stops between the two
        warnings.filterwarnings("ignore", "Solution may be inaccurate")
        problem.solve(solver=cvxpy.CLARABEL, **fine, **enough)
    return np.asarray(values.value)
