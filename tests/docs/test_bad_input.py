"""Every bad input of the reference page is refused in one line, in every format that can hold it."""

from docs.generate.bad_input import FILES, FORMATS, VALUES, tried


def test_every_bad_input_is_refused_in_every_format():
    lines = {(bad, kind): line for bad, kind, line in tried()}  # which raises for all else
    assert set(lines) == {(bad, kind) for bad in (*VALUES, *FILES) for kind in FORMATS}
    for bad in (*VALUES, *FILES):
        assert any(lines[bad, kind] for kind in FORMATS), bad
    for kind in FORMATS:
        assert sum(lines[bad, kind] is not None for bad in VALUES) >= 9, kind
