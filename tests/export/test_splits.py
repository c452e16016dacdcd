"""Splits: nothing that belongs together lies on two sides, whatever the manifest is."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groundtruth.errors import RequestError
from groundtruth.export.splits import PARTS, Splits, parse_shares

SHARES = (0.6, 0.2, 0.2)

lines = st.lists(
    st.fixed_dictionaries(
        {"source-ref": st.integers(0, 30).map(lambda n: f"s3://b/{n}.png")},
        optional={"document": st.sampled_from("ABCDEFGH"), "vendor": st.sampled_from(["x", "y", "z", "w", "v"])},
    ),
    min_size=1,
    max_size=30,
)


def parts(found: list[dict[str, Any]], keys: tuple[str, ...], seed: int = 0) -> list[str]:
    splits = Splits(SHARES, keys, seed)
    if splits.needs_observing:
        for entry in found:
            splits.observe(entry)
    return [splits.placed(entry)[0] for entry in found]


@given(lines, st.integers(0, 50))
def test_no_document_and_no_vendor_lies_on_two_sides(found: list[dict[str, Any]], seed: int) -> None:
    sides: dict[tuple[str, str], set[str]] = {}
    for entry, part in zip(found, parts(found, ("document", "vendor"), seed), strict=True):
        for key in ("document", "vendor"):
            if key in entry:
                sides.setdefault((key, entry[key]), set()).add(part)
    assert all(len(found) == 1 for found in sides.values())


@given(lines, st.randoms())
def test_the_order_of_lines_changes_nothing(found: list[dict[str, Any]], random: Any) -> None:
    shuffled = list(range(len(found)))
    random.shuffle(shuffled)
    placed = parts(found, ("document", "vendor"))
    assert parts([found[i] for i in shuffled], ("document", "vendor")) == [placed[i] for i in shuffled]


@given(lines, lines)
def test_by_document_alone_new_lines_move_none(found: list[dict[str, Any]], more: list[dict[str, Any]]) -> None:
    assert parts([*found, *more], ("document",))[: len(found)] == parts(found, ("document",))


def test_shares_are_kept_over_many_documents() -> None:
    placed = parts([{"document": f"INV-{n}"} for n in range(5000)], ("document",))
    assert [placed.count(part) / 5000 for part in PARTS] == pytest.approx(SHARES, abs=0.02)


def test_another_seed_is_another_split_and_the_same_seed_the_same() -> None:
    found = [{"document": f"INV-{n}"} for n in range(50)]
    assert parts(found, ("document",), 1) == parts(found, ("document",), 1) != parts(found, ("document",), 2)


def test_a_vendor_is_the_same_in_other_capitals_and_spaces() -> None:
    found = [{"vendor": v, "document": str(n)} for n, v in enumerate(["ACME  Ltd", "Acme Ltd", " acme ltd "])]
    assert all(len(set(parts(found, ("vendor",), seed))) == 1 for seed in range(20))


def test_a_document_joins_its_pages_when_only_one_names_the_vendor() -> None:
    found = [{"document": "A", "vendor": "x"}, {"document": "A"}, {"document": "B", "vendor": "x"}]
    assert all(len(set(parts(found, ("vendor",), seed))) == 1 for seed in range(20))


def test_a_part_without_a_share_stays_empty() -> None:
    splits = Splits((0.9, 0.1, 0.0))
    assert {splits.placed({"document": str(n)})[0] for n in range(500)} == {"train", "validation"}


@pytest.mark.parametrize("text", ["", "0.8", "0.8,0.2", "0.5,0.5,0.5", "a,b,c", "0,0.5,0.5", "-1,1,1", "nan,0,0"])
def test_shares_that_are_no_split_are_refused(text: str) -> None:
    with pytest.raises(RequestError, match="0.8,0.1,0.1"):
        parse_shares(text)
