"""Where no value has most of the votes, the closest is chosen or composed, which the label says."""

from hypothesis import given
from hypothesis import strategies as st
from labelling_cases import categories, data_object, label_objects, label_one

from consolidation.text_consensus import Answers, closest_texts

FIELDS = categories("address", {"label": "number", "type": "identifier"}, {"label": "total", "type": "amount"})


def field(name: str, *texts: str, **settings) -> dict:
    answers = {f"w{number}": {name: text} for number, text in enumerate(texts)}
    return label_one(answers, "invoice-fields", FIELDS, **settings)["fields"][name]


def test_of_answers_that_all_differ_the_closest_to_all_is_chosen():
    told = field("total", "1204.50", "1204.5O", "7204.50")
    assert (told["value"], told["chosen_by"], told["votes"], told["status"]) == ("1204.50", "edit_distance", 1, "tie")
    assert told["reason"] == "3 values have equal votes; this one is the closest to all answers by edit distance"
    assert len(told["others"]) == 2


def test_what_nobody_typed_is_composed_only_where_it_is_closer_and_says_so():
    told = field(
        "address", "12 Mill Lane Bristol", "12 Mall Lane Bristal", "17 Mill Lane Bristal", "12 Mill Lone Bristol X"
    )
    assert told["value"] == "12 Mill Lane Bristol"
    told = field("address", "17 Mill Lane Bristol", "12 Mall Lane Bristol", "12 Mill Lone Bristol")
    assert (told["value"], told["chosen_by"], told["votes"]) == ("12 Mill Lane Bristol", "alignment", 0)
    assert (told["status"], told["confidence"]) == ("tie", 0.0)
    assert told["reason"].endswith("this one is composed of the answers by alignment: nobody typed it")


def test_an_identifier_is_composed_of_characters():
    told = field("number", "INV-10442x", "INV-1o442", "INV-1044Z")
    assert (told["value"], told["normalized"], told["chosen_by"]) == ("INV10442", "INV10442", "alignment")


def test_an_amount_is_never_composed():
    told = field("total", "17.50", "12.58", "72.50")
    assert told["value"] in ("17.50", "12.58", "72.50", None)
    assert told.get("chosen_by") != "alignment"


def test_two_answers_that_differ_stay_a_tie():
    assert field("address", "12 Mill Lane", "21 Mill Road")["value"] is None


def test_the_policy_unresolved_leaves_it_open():
    told = field("total", "1204.50", "1204.5O", "7204.50", tie_policy="unresolved")
    assert (told["value"], told["status"]) == (None, "tie")


def test_a_majority_stands_however_far_the_others_are():
    told = field("address", "A", "A", "12 Mill Lane", "A", "12 Mill Lone")
    assert (told["value"], told["status"]) == ("A", "agreed")


def test_absent_outvotes_texts_that_are_fewer():
    answers = {"a": {"total": "1.00"}, "b": {"total": "2.00"}, "c": {"total": "3.00"}}
    absent = {w: {"not_on_document": {"total": True}} for w in "defg"}
    told = label_one(answers | absent, "invoice-fields", FIELDS)["fields"]["total"]
    assert told["absent"] is True


def test_a_worker_who_is_far_off_elsewhere_counts_for_less():
    def page(item: int) -> dict:
        words = [f"word{item}{place}" for place in range(6)]
        return data_object(
            f"p{item}",
            {
                "good": {"address": " ".join(words)},
                "fair": {"address": " ".join([*words[:5], f"x{item}"])},
                "poor": {"address": " ".join(f"y{item}{place}" for place in range(6))},
            },
        )

    here = data_object(
        "here", {"good": {"address": "a b c d"}, "poor": {"address": "a q r d"}, "fair": {"address": "z b r s"}}
    )
    values, _, _ = label_objects([here, *map(page, range(20))], "invoice-fields", FIELDS)
    assert values["here"]["fields"]["address"]["value"].startswith("a b")


def test_the_spelling_shown_pools_case_and_characters():
    texts = (
        "NO. 5, HIGH STREET",
        "no. 5, high street",
        "NO. 5, HIGH STRET",
        "No. 5, High Street",
        "NO.  5, HIGH STREET",
    )
    assert field("address", *texts)["value"] == "NO. 5, HIGH STREET"


short = st.lists(st.integers(0, 3), max_size=5).map(tuple)


def cost(units, item):
    def distance(a, b):
        row = list(range(len(b) + 1))
        for i, x in enumerate(a, 1):
            above, row = row, [i]
            for j, y in enumerate(b, 1):
                row.append(min(above[j] + 1, row[-1] + 1, above[j - 1] + (x != y)))
        return row[-1]

    return sum(distance(units, other) for other in item.units)


@given(st.lists(short, min_size=1, max_size=6))
def test_the_closest_text_is_as_close_as_any_answer_and_one_nobody_gave_is_closer(texts):
    """One worker for all keeps the weights even."""
    item = Answers(tuple(texts), (0,) * len(texts), may_compose=True)
    (found,) = closest_texts([item])
    best = min(cost(units, item) for units in texts)
    if found is None:
        assert len({units for units in texts if cost(units, item) == best}) > 1
    elif found.answers:
        assert cost(found.units, item) == best
    else:
        assert cost(found.units, item) < best
        assert found.units not in texts


@given(st.lists(short, min_size=2, max_size=6), st.randoms(use_true_random=False))
def test_the_order_of_answers_does_not_matter(texts, random):
    def told(order):
        item = Answers(tuple(texts[i] for i in order), tuple(order), may_compose=True)
        (found,) = closest_texts([item])
        return found and (found.units, round(found.agreement, 9))

    order = list(range(len(texts)))
    before = told(order)
    random.shuffle(order)
    assert told(order) == before
