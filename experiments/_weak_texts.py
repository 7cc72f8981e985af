"""What weak models see of a text: eight surface statistics, or its words hashed into a few counts."""

import re
from collections.abc import Sequence
from typing import Any

import numpy as np
from jaxtyping import Float

# In this order the first 1, 2, 4, 8 make weak models.
STATISTICS = ("log words", "word length", "distinct share", "sentence length", "capitals", "commas",
              "apostrophes", "log paragraphs")  # fmt: skip


def surface(texts: Sequence[str]) -> Float[np.ndarray, "n 8"]:
    """Compute `STATISTICS` of each text; 0 where a text has no word."""
    return np.array([_surface(text) for text in texts])


def _surface(text: str) -> list[float]:
    words = re.findall(r"\w+(?:'\w+)*", text)
    count, size = max(len(words), 1), max(len(text), 1)
    sentences = max(len(re.findall(r"[.!?]+", text)), 1)
    return [
        float(np.log(count)),
        sum(map(len, words)) / count,
        len({word.lower() for word in words}) / count,
        len(words) / sentences,
        sum(map(str.isupper, text)) / size,
        text.count(",") / count,
        text.count("'") / count,
        float(np.log1p(text.count("\n\n"))),
    ]


def hashed_words(texts: Sequence[str], width: int) -> Float[np.ndarray, "n width"]:
    """Count words in `width` cells, each word's by its hash; rows have unit length."""
    from sklearn.feature_extraction.text import HashingVectorizer

    vectorizer = HashingVectorizer(n_features=width, alternate_sign=False)
    counts: Any = vectorizer.transform(texts)
    return counts.toarray()
