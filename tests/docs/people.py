"""People who label the five real invoices where a reader of the walk-through would: they see the page, find what is asked, and submit a box around it.

They find a text by the words that `groundtruth prepare --words` took from the PDFs.
"""

import json
import re
import threading
from collections.abc import Callable, Mapping
from typing import Any

import requests

from tests.service.serving import Person

PRINTED = {
    "AmazonWebServices-p001": ("42183017", "August 3 , 2014", "$4.11"),
    "NetpresseInvoice-p001": ("2022089083", "28/11/2022", "56,02"),
    "QualityHosting-p001": ("30064443", "7. Mai 2014", None),
    "QualityHosting-p002": ("30064443", "7. Mai 2014", "34,73"),
    "coolblue1-p001": ("993548900", "19 april 2014", "717,97"),
    "free_fiber-p001": ("n°562044387", "02 Juillet 2015", "29.99"),
    "free_fiber-p002": ("n°562044387", "02 Juillet 2015", None),
}
"""What is printed on each page: invoice number, invoice date, total amount."""
NAMES = ("Invoice number", "Invoice date", "Total amount")
OVERLOOKED = ("Grace Hopper", "NetpresseInvoice-p001")
"""Who finds nothing on which page, so that there is something to review."""


class Invited(Person):
    """Somebody who opened the link that `groundtruth worker add` printed."""

    def __init__(self, link: str, name: str) -> None:
        address, _, token = link.partition("/portal/sign-in#")
        self.name = name
        self.address = address
        self._api = f"{address}/portal/api"
        self._http = requests.Session()
        assert self._http.post(f"{self._api}/sign-in", json={"token": token}, timeout=60).ok
        self._token = self._http.get(f"{self._api}/session", timeout=60).json()["csrfToken"]


ReadWords = Callable[[str], dict[str, Any]]
"""The words of a page, by its name."""


def label(people: list[Person], job: str, read_words: ReadWords, is_over: Callable[[], bool]) -> None:
    """Let everybody answer tasks of a boxes job until it is over."""
    failures: list[Exception] = []

    def work(person: Person) -> None:
        try:
            while not is_over():
                task = person.next(job)
                if task is None:
                    threading.Event().wait(0.2)
                    continue
                page = requests.get(f"{person.address}{task['frame']}", headers=person.headers, timeout=30).text
                person.submit(task["id"], answer(person.name, page, read_words))
        except Exception as error:  # noqa: BLE001 (raised below)
            failures.append(error)

    threads = [threading.Thread(target=work, args=(person,)) for person in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise failures[0]


def answer(worker: str, page: str, read_words: ReadWords) -> dict[str, Any]:
    """What somebody submits who sees the page: a crowd-bounding-box answer, or that of an invoice-review."""
    found = re.search(r"pages/([\w-]+)\.png", page)
    assert found, "the task shows no page image"
    words = read_words(found[1])
    boxes = [
        {"label": name, **box_around(words, text)}
        for name, text in zip(NAMES, PRINTED[found[1]], strict=True)
        if text is not None and (worker, found[1]) != OVERLOOKED
    ]
    size = {"width": words["width"], "height": words["height"]}
    return {"invoiceBoxes": {"boundingBoxes": boxes, "inputImageProperties": size}}


def box_around(words: Mapping[str, Any], text: str) -> dict[str, int]:
    """The box of the first run of words that is this text."""
    wanted = text.split()
    listed = words["words"]
    for start in range(len(listed) - len(wanted) + 1):
        run = listed[start : start + len(wanted)]
        if [word["text"] for word in run] == wanted:
            left, top = min(word["left"] for word in run), min(word["top"] for word in run)
            right = max(word["left"] + word["width"] for word in run)
            bottom = max(word["top"] + word["height"] for word in run)
            return {"left": round(left), "top": round(top), "width": round(right - left), "height": round(bottom - top)}
    raise AssertionError(f"{json.dumps(text)} is not on the page")
