"""Other people's ways to merge texts. Runs under the peers' Python; `peers.py` calls it.

A request has "answers": [[item, worker, text], ...] and "items"; the result is one text for each item. RASA and HRRASA want sentence embeddings; they get
hashed character trigrams, since a model is not to be had without a hub.
"""

import time
from collections.abc import Callable
from typing import Any

import crowdkit.aggregation as crowdkit
import numpy as np
import pandas as pd
from sklearn.feature_extraction.text import HashingVectorizer

Measured = tuple[float, list[str]]
DIMENSIONS = 512
NO_TRUTH = None


def aggregated(make: Callable[[], Any], *known: Any) -> Callable[[dict[str, Any]], Measured]:
    """A crowd-kit aggregation of texts. known: what else it wants, the true texts it may learn from, here none."""

    def run(request: dict[str, Any]) -> Measured:
        frame = pd.DataFrame(request["answers"], columns=["task", "worker", "text"])
        started = time.process_time()
        texts = make().fit_predict(frame, *known)
        seconds = time.process_time() - started
        return seconds, [str(texts.get(item, "")) for item in range(request["items"])]

    return run


def _embedded(text: str) -> np.ndarray[Any, np.dtype[np.float64]]:
    vectors = HashingVectorizer(analyzer="char_wb", ngram_range=(3, 3), n_features=DIMENSIONS, alternate_sign=False)
    result: np.ndarray[Any, np.dtype[np.float64]] = vectors.transform([text]).toarray()[0]
    return result


METHODS: dict[str, Callable[[dict[str, Any]], Measured]] = {
    "crowd-kit ROVER": aggregated(lambda: crowdkit.ROVER(tokenizer=lambda text: text.split(" "), detokenizer=" ".join)),
    "crowd-kit TextRASA": aggregated(lambda: crowdkit.TextRASA(encoder=_embedded), NO_TRUTH),
    "crowd-kit TextHRRASA": aggregated(lambda: crowdkit.TextHRRASA(encoder=_embedded), NO_TRUTH),
}
