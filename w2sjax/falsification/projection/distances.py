"""The functions of a projection problem, and the distances between them that have names of their own."""

# As the papers write them; g is the projection of h, or the nearer of two members.
FUNCTIONS = {
    "weak": "f_w",
    "target": "f*",
    "student": "f",
    "projection": "f_sw",
    "best": "f_s",
    "member": "u",
    "other": "v",
    "combination": "h",
    "mixed": "g",
}
DISTANCES = {
    "weak_error": ("weak", "target"),
    "student_error": ("student", "target"),
    "misfit": ("student", "weak"),
    "epsilon": ("best", "target"),
    "apart": ("member", "other"),
    "outside": ("combination", "mixed"),
    "weak_between": ("weak", "combination"),
    "between_target": ("combination", "target"),
}


def written(first: str, second: str) -> str:
    """Write d(f, g) of two functions by name."""
    return f"d({FUNCTIONS[first]}, {FUNCTIONS[second]})"
