"""Every command and snippet of the documentation works.

Each page is played from top to bottom, as a reader would: its `sh` and `console` blocks are typed into a shell in a folder of the page's own
(stage.py), with what the page takes for granted (scenes.py), its `python` blocks are run. Every `json` block is JSON. Comments of
two kinds tell the player what the prose tells the reader: `<!-- saved as NAME -->` before a block, and `<!-- people label JOB -->` (`JOB as NAME`).

What cannot be run here is only parsed, by the parsers of `groundtruth` and `sam`, AWS's API model, and Python's compiler: ONLY_PARSED lists it.
"""

from collections.abc import Iterator

import pytest

from groundtruth.storage import EmbeddedS3
from groundtruth.storage.embedded import CREDENTIALS
from tests.docs.blocks import BLOCKS, PAGES, Block, Labeling, read
from tests.docs.parsers import problem
from tests.docs.scenes import OUTCOMES, SCENES
from tests.docs.stage import Stage

_AWS_CLI = "the AWS command line is not among the project's tools"
ONLY_PARSED: dict[tuple[str, str], str] = {
    ("README.md", "make demo"): "tests/command/test_demo.py runs it",
    ("README.md", "make test"): "it would run itself",
    ("README.md", "sam build"): "tests/sam does",
    ("docs/commands.md", ""): "examples of the parser's help, with names of nobody's files",
    ("docs/deploy.md", "sam build"): "tests/sam does",
    ("docs/deploy.md", "sam deploy"): "tests/sam does",
    ("docs/deploy.md", "aws s3 cp"): _AWS_CLI,
    ("docs/deploy.md", "import boto3"): "tests/contract/test_create_labeling_job.py runs it",
    ("docs/export.md", "from datasets"): "tests/export loads an export so",
    ("docs/label-categories.md", ""): _AWS_CLI,
    ("docs/moving-from-aws-samples.md", "aws s3 cp"): _AWS_CLI,
    ("docs/moving-from-aws-samples.md", "groundtruth check"): "it names the reader's own files",
    ("docs/moving-from-aws-samples.md", "groundtruth submit"): "test_walk_through_aws.py submits so",
    (
        "docs/reconsolidate.md",
        "",
    ): "tests/reconsolidate runs both commands",
    ("docs/review.md", "aws s3 cp"): _AWS_CLI,
    ("docs/sam-local.md", ""): "tests/sam/test_local.py runs them in Docker",
    ("docs/status.md", ""): "the walk-through pages run the command, and tests/status",
    ("docs/submit.md", ""): "the walk-through pages run the command, and tests/submit",
    ("docs/templates.md", "$ UPDATE_GOLDEN=1"): "it would write the golden files again",
    ("docs/walk-through-aws.md", ""): "test_walk_through_aws.py runs what can be run",
    ("docs/worker-statistics.md", ""): _AWS_CLI,
    ("events/README.md", ""): "tests/sam/test_local.py runs it in Docker",
}
"""By page and how a block begins; an empty beginning is that of every block of the page."""
RUNNABLE = {"sh", "console", "python"}
COMPARED = {"docs/walk-through-local.md"}
"""Pages that show what their commands print: it is compared, line by line."""


def is_only_parsed(block: Block) -> bool:
    return any(block.page == page and block.text.startswith(start) for page, start in ONLY_PARSED)


def is_played(each: Block | Labeling) -> bool:
    if isinstance(each, Labeling) or each.saved_as:
        return True
    if each.language in RUNNABLE:
        return not is_only_parsed(each)
    return each.page in COMPARED and each.language in {"text", "json"}


PLAYED = [page for page in PAGES if any(isinstance(each, Block) and is_played(each) for each in read(page))]


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """One S3 for all pages."""
    with EmbeddedS3(tmp_path_factory.mktemp("s3")) as server:
        yield CREDENTIALS | {"AWS_ENDPOINT_URL_S3": server.endpoint_url}


@pytest.mark.parametrize("page", PLAYED)
def test_a_page_can_be_followed_from_top_to_bottom(
    page: str, settings: dict[str, str], tmp_path_factory: pytest.TempPathFactory
):
    folder = tmp_path_factory.getbasetemp() / "pages" / page.replace("/", "-")
    folder.mkdir(parents=True)
    with Stage(folder, settings) as stage:
        if page in SCENES:
            SCENES[page](stage)
        for each in filter(is_played, read(page)):
            stage.play(each)
        if page in OUTCOMES:
            OUTCOMES[page](stage)


@pytest.mark.parametrize("block", [block for block in BLOCKS if block.is_shell], ids=lambda block: block.name)
def test_every_command_is_one_that_its_parser_takes(block: Block):
    problems = {" ".join(words): found for words in block.commands if (found := problem(words))}
    assert problems == {}


@pytest.mark.parametrize("block", [block for block in BLOCKS if block.language == "json"], ids=lambda block: block.name)
def test_every_json_block_is_json(block: Block):
    assert block.values


@pytest.mark.parametrize(
    "block", [block for block in BLOCKS if block.language == "python"], ids=lambda block: block.name
)
def test_every_python_block_is_python(block: Block):
    compile(block.text, block.name, "exec")


def test_what_is_only_parsed_is_still_there():
    """An entry whose block was changed or removed would hide nothing, or another block."""
    listed = [block for block in BLOCKS if block.language in RUNNABLE]
    stale = [
        (page, start)
        for page, start in ONLY_PARSED
        if not any(block.page == page and block.text.startswith(start) for block in listed)
    ]
    assert stale == []


@pytest.mark.parametrize(
    ("command", "said"),
    [
        ("groundtruth prepare invoices s3://b --dpy 200", "No such option"),
        ("groundtruth prepare invoices", "Missing argument"),
        ("groundtruth lable x", "No such command"),
        ("aws s3 cp a b --recursiv", "unknown options"),
        ("aws s3api put-bucket-cors --bucket b", "missing: cors-configuration"),
        ("aws sagemaker create-labelling-job", "no create-labelling-job"),
        ("sam deploy --stak-name x", "unknown options"),
        ("make everything", "no target"),
        ("grundtruth prepare x", "is no command"),
    ],
)
def test_the_check_itself_finds_what_no_parser_takes(command: str, said: str):
    assert said in (problem(command.split()) or "")
