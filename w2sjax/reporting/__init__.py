"""Results as tables, sentences and figures, shown alike on a page, in a notebook and in a terminal."""
