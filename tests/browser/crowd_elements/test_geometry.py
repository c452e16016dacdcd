"""Whatever is done to a shape, it stays inside the image in whole pixels; undo and redo lose nothing."""

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser

QUICK = settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
NATURAL = {"width": 400, "height": 300}
ANYWHERE = st.floats(-1000, 1000, allow_nan=False)
POINTS = st.fixed_dictionaries({"x": ANYWHERE, "y": ANYWHERE})
HANDLES = st.sampled_from(["n", "ne", "e", "se", "s", "sw", "w", "nw"])


@pytest.fixture(scope="module")
def shapes(browser: Browser, site: Any) -> Iterator[Page]:
    page = browser.new_page()
    page.goto(site.put("/shapes.html", "<title>Shapes</title>"))
    page.evaluate("""async () => {
      const { boxes } = await import('/crowd/image/shapes/box.js');
      const { vertexKind } = await import('/crowd/image/shapes/vertices.js');
      const { History } = await import('/crowd/image/history.js');
      Object.assign(window, { boxes, vertexKind, History });
    }""")
    yield page
    page.close()


def is_inside(box: dict[str, Any]) -> bool:
    whole = all(isinstance(box[key], int) for key in ("left", "top", "width", "height"))
    across = box["left"] >= 0 and box["width"] >= 1 and box["left"] + box["width"] <= NATURAL["width"]
    down = box["top"] >= 0 and box["height"] >= 1 and box["top"] + box["height"] <= NATURAL["height"]
    return whole and across and down


@QUICK
@given(a=POINTS, b=POINTS, dx=ANYWHERE, dy=ANYWHERE, handle=HANDLES)
def test_a_box_stays_in_the_image(shapes: Page, a: Any, b: Any, dx: float, dy: float, handle: str) -> None:
    changed = shapes.evaluate(
        """([a, b, dx, dy, handle, natural]) => {
          const box = boxes.between(a, b, natural);
          const [right, down] = [Math.round(dx), Math.round(dy)];
          return [box, boxes.moveBy(box, dx, dy, natural), boxes.dragHandle(box, handle, dx, dy, natural),
            boxes.resizeBy(box, right, down, false, natural), boxes.resizeBy(box, right, down, true, natural)];
        }""",
        [a, b, dx, dy, handle, NATURAL],
    )
    assert all(is_inside(box) for box in changed)
    assert [changed[1][key] for key in ("width", "height")] == [changed[0][key] for key in ("width", "height")]


@QUICK
@given(points=st.lists(POINTS, min_size=3, max_size=6), dx=ANYWHERE, dy=ANYWHERE, at=st.integers(0, 2))
def test_a_polygon_stays_in_the_image_and_keeps_its_form(
    shapes: Page, points: list[Any], dx: float, dy: float, at: int
) -> None:
    start, moved, pulled = shapes.evaluate(
        """([points, dx, dy, at, natural]) => {
          const polygons = vertexKind({ noun: 'polygon', plural: 'polygons', answerKey: 'polygons', min: 3, isClosed: true });
          const [shape] = polygons.read([{ label: 'a', vertices: points }], natural);
          return [shape, polygons.moveBy(shape, dx, dy, natural), polygons.dragHandle(shape, `middle ${at}`, dx, dy, natural)]
            .map(({ vertices }) => vertices);
        }""",
        [points, dx, dy, at, NATURAL],
    )
    for vertex in [*start, *moved, *pulled]:
        assert 0 <= vertex["x"] <= NATURAL["width"]
        assert 0 <= vertex["y"] <= NATURAL["height"]
        assert isinstance(vertex["x"], int)
    shift = (moved[0]["x"] - start[0]["x"], moved[0]["y"] - start[0]["y"])
    assert [
        (after["x"] - before["x"], after["y"] - before["y"]) for before, after in zip(start, moved, strict=True)
    ] == [shift] * len(start)
    assert len(pulled) == len(start) + 1


@QUICK
@given(
    steps=st.lists(
        st.tuples(st.sampled_from(["commit", "undo", "redo"]), st.sampled_from([None, "move", "size"])), max_size=30
    )
)
def test_undo_and_redo_lead_back_and_forth_to_the_same_states(shapes: Page, steps: list[Any]) -> None:
    back_and_forth = shapes.evaluate(
        """(steps) => {
          const history = new History(0);
          steps.forEach(([what, kind], at) => what === 'commit' ? history.commit(at + 1, kind) : history[what]());
          const end = history.state;
          const seen = [];
          while (history.undo()) seen.push(history.state);
          const start = history.state;
          seen.push(start);
          while (history.redo()) seen.push(history.state);
          // Redo may go further than where undo began, but passes it on the way.
          return [start, seen.includes(end)];
        }""",
        steps,
    )
    assert back_and_forth == [0, True]
