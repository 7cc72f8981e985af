"""Where in a user's code an error came from."""

import traceback


def line_in(error: BaseException, file: str) -> str:
    """Tell the last line of a file that an error passed, as `:12`; nothing if there is none."""
    if isinstance(error, SyntaxError) and error.filename == file:
        return f":{error.lineno}"
    frames = traceback.extract_tb(error.__traceback__)
    lines = [frame.lineno for frame in frames if frame.filename == file]
    return f":{lines[-1]}" if lines else ""


def described(error: BaseException) -> str:
    """Give an error in one line, with its type unless it is a `ValueError`."""
    text = " ".join(str(error).split())
    return text if isinstance(error, ValueError) else f"{type(error).__name__}: {text}"


def failure(error: BaseException, function, what: str) -> ValueError:
    """Say that a user's function failed, and where."""
    file = getattr(getattr(function, "__code__", None), "co_filename", "")
    line = line_in(error, file)
    place = f" (line {line[1:]})" if line else ""
    return ValueError(f"{what}{place}: {described(error)}")
