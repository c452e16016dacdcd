"""Who misses elsewhere what the rest draw counts for less here; everybody else counts in full."""

from labelling_cases import box, categories, data_object, label_objects, page

LABELS = categories("subtotal", "total_amount")
DRAWN = page(box("subtotal", 100, 100), box("total_amount", 100, 300))


def pages(lazy: int, *, elsewhere: int) -> list[object]:
    """Pages on which so many of five workers draw nothing, the lazy ones always; on the first page a third worker draws nothing either."""
    drawn = {f"careful-{number}": DRAWN for number in range(5 - lazy)}
    nothing = {f"lazy-{number}": page() for number in range(lazy)}
    here = data_object("here", {**drawn, **nothing, "careful-0": page()})
    return [here, *(data_object(f"other-{number}", {**drawn, **nothing}) for number in range(elsewhere))]


def kept(payload: list[object]) -> int:
    values, _, errors = label_objects(payload, "invoice-boxes", LABELS)
    assert not errors
    return len(values["here"]["annotations"])


def test_two_of_five_are_enough_where_two_others_draw_next_to_nothing_anywhere():
    assert kept(pages(2, elsewhere=20)) == 2


def test_nothing_is_held_against_a_worker_from_the_object_itself():
    assert kept(pages(2, elsewhere=0)) == 0


def test_workers_who_miss_alike_count_in_full():
    payload = [
        data_object(str(item), {f"w{worker}": page() if worker == item % 5 else DRAWN for worker in range(5)})
        for item in range(20)
    ]
    alone = data_object("here", {"w0": DRAWN, "w1": DRAWN, **{f"w{worker}": page() for worker in (2, 3, 4)}})
    assert kept([alone, *payload]) == 0


def test_the_order_of_objects_does_not_matter():
    payload = pages(2, elsewhere=6)
    assert (
        label_objects(payload, "invoice-boxes", LABELS)[0] == label_objects(payload[::-1], "invoice-boxes", LABELS)[0]
    )
