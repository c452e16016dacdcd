"""`groundtruth demo`: from documents to labels, reports and training data by the everyday commands."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image

ROOT = Path(__file__).parents[2]
TASKS = ("document-type", "invoice-boxes", "invoice-fields")


def demo(*arguments: object, cwd: Path = ROOT) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "groundtruth", "demo", *map(str, arguments)],
        cwd=cwd,
        env=os.environ | {"COLUMNS": "200", "AWS_ENDPOINT_URL": "http://127.0.0.1:9"},
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, subprocess.CompletedProcess[str]]:
    """The folder of a demo over four drawn invoices, and what it printed."""
    folder = tmp_path_factory.mktemp("demo")
    return folder / "out", demo("--out", "out", "--count", 4, "--workers", 3, cwd=folder)


def labels(folder: Path, task: str) -> list[dict[str, object]]:
    path = folder / "s3/groundtruth-local" / f"demo-{task}" / "manifests/output/output.manifest"
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def test_a_demo_leaves_labels_reports_and_training_data(shown: tuple[Path, subprocess.CompletedProcess[str]]):
    folder, done = shown
    assert done.returncode == 0, done.stderr
    for task in TASKS:
        assert [line[task]["workers"] for line in labels(folder, task)] == [3] * 4
        assert "<html" in (folder / task / "report.html").read_text(encoding="utf-8")[:200]
    assert list((folder / "invoice-boxes/coco/annotations").glob("*.json"))
    assert (folder / "document-type/csv/pages.csv").read_text(encoding="utf-8").count("\n") == 5
    assert (folder / "invoice-fields/csv/fields.csv").is_file()


def test_a_demo_says_where_everything_is(shown: tuple[Path, subprocess.CompletedProcess[str]]):
    folder, done = shown
    printed = done.stdout.split()
    assert len(printed) == 6
    for path in printed:
        assert (folder.parent / path).is_file()
    assert [path for path in printed if path.endswith("report.html")] == [f"out/{task}/report.html" for task in TASKS]
    assert "groundtruth serve --data out" in done.stderr


def test_a_demo_shows_agreement_and_accuracy(shown: tuple[Path, subprocess.CompletedProcess[str]]):
    _, done = shown
    for task in TASKS:
        (row,) = [line for line in done.stderr.splitlines() if line.startswith(f"│ {task} ")]
        objects, answers, labeled, agreement, accuracy, _ = row.strip("│ ").split("│")[1:]
        assert (int(objects), int(answers), int(labeled)) == (4, 12, 4)
        assert 0.5 < float(agreement) <= 1
        assert 0.8 < float(accuracy) <= 1


def test_a_demo_is_the_commands_that_a_person_types(shown: tuple[Path, subprocess.CompletedProcess[str]]):
    _, done = shown
    typed = [line.split()[2] for line in done.stderr.splitlines() if line.startswith("$ groundtruth ")]
    assert sorted(typed) == ["export"] * 3 + ["prepare"] + ["report"] * 3 + ["status"] * 3 + ["submit"] * 3


def test_simulated_people_take_their_time(shown: tuple[Path, subprocess.CompletedProcess[str]]):
    """Nobody waits for it, but the report's times are those of people."""
    folder, _ = shown
    responses = (folder / "s3/groundtruth-local/demo-invoice-fields/annotations/worker-response").rglob("*.json")
    seconds = [answer["timeSpentInSeconds"] for path in responses for answer in json.loads(path.read_text())["answers"]]
    assert len(seconds) == 12
    assert 5 < sorted(seconds)[6] < 1000


def test_a_folder_that_has_a_demo_is_left_alone(shown: tuple[Path, subprocess.CompletedProcess[str]]):
    again = demo("--out", shown[0])
    assert again.returncode == 2
    assert "a demo has run there already" in again.stderr


@pytest.fixture
def documents(tmp_path: Path) -> Path:
    """Two receipts and their truth."""
    folder = tmp_path / "documents"
    (folder / "images").mkdir(parents=True)
    lines = []
    for number in range(2):
        Image.new("RGB", (400, 600), (255, 255, 250 - number)).save(folder / f"images/{number}.png")
        boxes = [{"label": "total", "left": 100, "top": 400, "width": 80, "height": 20}]
        fields = {"total": f"{number}.50", "company": "Acme"}
        lines.append({"image": f"images/{number}.png", "width": 400, "height": 600, "boxes": boxes, "fields": fields})
    (folder / "truth.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    return folder


def test_documents_of_ones_own_are_labeled_with_ones_own_categories(documents: Path, tmp_path: Path):
    categories = ROOT / "label_categories/receipts"
    options = ("--documents", documents, "--document-type", "receipt", "--label-categories", categories)
    done = demo("--out", tmp_path / "out", "--workers", 2, *options)
    assert done.returncode == 0, done.stderr
    config = json.loads((categories / "invoice-fields.json").read_text(encoding="utf-8"))
    asked = {label["label"] for label in config["labels"]}
    assert [set(line["invoice-fields"]["fields"]) for line in labels(tmp_path / "out", "invoice-fields")] == [asked] * 2
    assert {line["document"] for line in labels(tmp_path / "out", "invoice-boxes")} == {"0.png", "1.png"}


@pytest.mark.parametrize(
    ("truth", "said"),
    [
        (None, "has no truth.jsonl"),
        ("{}\n", 'truth.jsonl, line 1: no JSON object with an "image"'),
        ("[\n", 'truth.jsonl, line 1: no JSON object with an "image"'),
        ('{"image": "images/0.png"}\n', "no line for 1.png"),
    ],
)
def test_documents_without_their_truth_are_refused(documents: Path, tmp_path: Path, truth: str | None, said: str):
    (documents / "truth.jsonl").unlink()
    if truth is not None:
        (documents / "truth.jsonl").write_text(truth, encoding="utf-8")
    done = demo("--out", tmp_path / "out", "--documents", documents)
    assert done.returncode == 2
    assert said in done.stderr
    assert "Traceback" not in done.stderr
