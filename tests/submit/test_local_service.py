"""On the local service: a manifest becomes a job that people work on, by one command, and its status is told."""

import json
import os
import pty
import select
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.service.serving import ROOT, Served, status, wait_for, work_until_done

FIRST = "q3-document-type"


@dataclass(frozen=True)
class Local:
    """A running service with six pages, and their manifest."""

    served: Served
    manifest: Path

    @property
    def settings(self) -> dict[str, str]:
        clean = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
        return clean | {
            "AWS_ENDPOINT_URL_SAGEMAKER": self.served.address,
            "AWS_ENDPOINT_URL_S3": self.served.s3_address,
            "COLUMNS": "200",
            "TERM": "xterm-256color",
        }

    def run(self, *arguments: object, **settings: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "groundtruth", *map(str, arguments)],
            cwd=ROOT,
            env=self.settings | settings,
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )

    def submit(self, *more: object, task: str = "document-type", team: str = "clerks") -> Any:
        return self.run("submit", self.manifest, "--task", task, "--workteam", team, *more)


@pytest.fixture(scope="module")
def local(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Local]:
    folder = tmp_path_factory.mktemp("submit")
    lines = [{"source-ref": f"s3://acme/pages/{n}.png", "document": f"{n}.pdf", "page": 1} for n in range(6)]
    manifest = folder / "q3.manifest"
    manifest.write_text("".join(json.dumps(line) + "\n" for line in lines))
    with Served(folder / "data") as served:
        s3 = served.client("s3")
        s3.create_bucket(Bucket="acme")
        for number in range(6):
            s3.put_object(Bucket="acme", Key=f"pages/{number}.png", Body=b"png")
        yield Local(served, manifest)


@pytest.fixture(scope="module")
def job(local: Local) -> str:
    """The first job, submitted."""
    done = local.submit("--yes")
    assert done.returncode == 0, done.stderr
    return str(done.stdout.strip())


def in_terminal(
    local: Local, *arguments: object, keys: str = "", until: str = "", interrupt: bool = False
) -> tuple[int, str]:
    """Run the command in a terminal of its own; type `keys` when `until` is seen. Returns its exit status and all that it showed."""
    own, other = pty.openpty()
    command = [sys.executable, "-m", "groundtruth", *map(str, arguments)]
    with subprocess.Popen(
        command, cwd=ROOT, env=local.settings, stdin=other, stdout=other, stderr=other, start_new_session=True
    ) as process:
        os.close(other)
        shown, end = "", time.monotonic() + 90
        acted, again = False, 0.0
        while time.monotonic() < end:
            if select.select([own], [], [], 0.2)[0]:
                try:
                    shown += os.read(own, 65_536).decode("utf-8", "replace")
                except OSError:
                    break
            if not acted and until in shown:
                acted = True
                os.write(own, keys.encode())
                again = time.monotonic()
            if acted and interrupt and time.monotonic() >= again:  # as a person would, whom the first did not stop
                process.send_signal(signal.SIGINT)
                again = time.monotonic() + 10
            if process.poll() is not None and not select.select([own], [], [], 0.2)[0]:
                break
        process.kill()
    os.close(own)
    return process.returncode, shown


def test_one_command_makes_a_job_of_a_manifest(local: Local, job: str):
    assert job == f"arn:aws:sagemaker:us-east-1:123456789012:labeling-job/{FIRST}"
    described = local.served.client("sagemaker").describe_labeling_job(LabelingJobName=FIRST)
    assert described["LabelAttributeName"] == "document-type"
    assert described["HumanTaskConfig"]["TaskTitle"] == "Choose the document type"


def test_the_dry_run_prints_exactly_what_is_sent_and_sends_nothing(local: Local):
    options = ("--name", "dry", "--workers-per-object", 5, "--availability", "2d", "--tag", "team=ap", "--title", "Ü")
    printed = local.submit(*options, "--dry-run")
    assert printed.returncode == 0, printed.stderr
    sagemaker = local.served.client("sagemaker")
    with pytest.raises(sagemaker.exceptions.ResourceNotFound):
        sagemaker.describe_labeling_job(LabelingJobName="dry")
    request = json.loads(printed.stdout)
    sent = local.submit(*options, "--yes", "--json")
    result = json.loads(sent.stdout)
    assert result["request"] == request
    assert (result["created"], result["estimate"]["answers"], result["check"]["errors"]) == (True, 30, 0)
    described = sagemaker.describe_labeling_job(LabelingJobName="dry")
    assert described["HumanTaskConfig"] == request["HumanTaskConfig"]
    assert described["Tags"] == [{"Key": "team", "Value": "ap"}]


def test_done_again_it_says_how_the_job_stands(local: Local, job: str):
    again = local.submit("--yes")
    assert (again.returncode, again.stdout.strip()) == (0, job)
    assert f"There is a job {FIRST} already: InProgress, 0 of 6 objects labeled, 0 failed." in again.stderr


def test_without_a_terminal_and_without_yes_it_refuses_in_one_line(local: Local):
    refused = local.submit("--name", "never")
    assert refused.returncode == 2
    assert refused.stderr.strip() == (
        "Error: There is no terminal to ask at. Add --yes to submit, or --dry-run to see the request."
    )


def test_it_asks_at_a_terminal_and_a_no_sends_nothing(local: Local):
    arguments = ("submit", local.manifest, "--task", "invoice-fields", "--workteam", "clerks", "--name", "asked")
    code, shown = in_terminal(local, *arguments, keys="n\n", until="[y/N]")
    assert code == 1
    assert "6 objects, 3 answers each: 18 answers of 150 s" in shown
    assert "Nothing was sent." in shown
    code, shown = in_terminal(local, *arguments, keys="y\n", until="[y/N]")
    assert (code, status(local.served, "asked")) == (0, "InProgress")


def test_errors_of_the_checks_stop_the_job(local: Local, tmp_path: Path):
    broken = tmp_path / "broken.manifest"
    broken.write_text(local.manifest.read_text() + '{"source-ref": "s3://acme/pages/7.png"}\n')
    refused = local.run("submit", broken, "--task", "document-type", "--workteam", "clerks", "--yes")
    assert refused.returncode == 1
    assert "broken.manifest:7: error object-missing" in refused.stderr
    assert "Nothing was sent. Correct the errors first." in refused.stderr
    assert refused.stdout == ""


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--task", "invoice-stamps"), "Known tasks: document-type, invoice-boxes, invoice-fields, invoice-review"),
        (("--task", "document-type", "--template", "nowhere"), "There are: document-type, invoice-boxes"),
        (("--task", "document-type", "--tag", "team"), '"team" is no tag. Write KEY=VALUE.'),
        (("--task", "document-type", "--availability", "soon"), "Write seconds, or 15m, 8h, 10d."),
        (("--task", "document-type", "--endpoint-url", "http://127.0.0.1:1"), "SageMaker cannot be asked"),
        (("--task", "document-type", "--workers-per-object", "10"), "10 is not in the range"),
    ],
)
def test_bad_input_is_one_line(local: Local, arguments: tuple[str, ...], said: str):
    done = local.run("submit", local.manifest, "--yes", *arguments)
    assert done.returncode in {1, 2}
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_the_service_alone_is_enough_to_say_when_its_s3_is_beside_it(tmp_path: Path, local: Local):
    """By default `groundtruth serve` has its S3 two ports above its own."""
    data = tmp_path / "data"
    served = Served(data)
    port = int(served.address.rsplit(":", 1)[1])
    served.s3_address = f"http://127.0.0.1:{port + 2}"
    with served:
        s3 = served.client("s3")
        s3.create_bucket(Bucket="acme")
        for number in range(6):
            s3.put_object(Bucket="acme", Key=f"pages/{number}.png", Body=b"png")
        environment = {"AWS_ENDPOINT_URL_SAGEMAKER": "", "AWS_ENDPOINT_URL_S3": ""}
        arguments = ("submit", local.manifest, "--task", "document-type", "--workteam", "new", "--yes")
        done = local.run(*arguments, "--endpoint-url", served.address, **environment)
        assert done.returncode == 0, done.stderr
        assert 'groundtruth worker add "Ada Byron" --team new' in done.stderr
        shown = local.run("status", done.stdout.strip(), "--endpoint-url", served.address, "--json", **environment)
        assert json.loads(shown.stdout)["job"] == FIRST


def test_status_follows_the_job_to_its_end(local: Local, job: str):
    """One watch in a terminal, one that prints JSON, while three people work."""
    arguments = ("status", FIRST, "--watch", "--interval", "0.5")
    code, shown = in_terminal(local, *arguments, until="objects labeled", interrupt=True)
    assert code == 130
    assert "The job goes on; only watching has stopped." in shown
    assert "Traceback" not in shown
    people = [local.served.person(name) for name in ("Ada", "Grace", "Edsger")]
    command = [sys.executable, "-m", "groundtruth", *arguments, "--json"]
    with subprocess.Popen(command, cwd=ROOT, env=local.settings, stdout=subprocess.PIPE, text=True) as watching:
        assert watching.stdout is not None
        before = watching.stdout.readline()
        work_until_done(
            people,
            FIRST,
            lambda person, _: {"documentType": {"label": "Receipt" if person.name == "Ada" else "Invoice"}},
            lambda: status(local.served, FIRST) != "InProgress",
        )
        lines = [json.loads(line) for line in (before, *watching.communicate(timeout=60)[0].splitlines())]
    assert (lines[0]["status"], lines[-1]["status"], watching.returncode) == ("InProgress", "Completed", 0)
    last = lines[-1]
    assert (last["objects"], last["labeled"], last["failed"], last["answers"]) == (6, 6, 0, 18)
    assert sum(last["statuses"].values()) == 6
    assert [worker["answers"] for worker in last["workers"]] == [6, 6, 6]
    assert all(worker["worker"].startswith("private.us-east-1.") for worker in last["workers"])
    assert last["answers_per_hour"] == pytest.approx(3 * last["objects_per_hour"])
    told = local.run("status", FIRST)
    assert told.returncode == 0
    assert "6 of 6 objects labeled" in told.stdout
    assert not any(person.name in told.stdout for person in people)


def test_objects_that_everybody_declines_are_told_with_the_reason(local: Local):
    done = local.submit("--name", "declined", "--workers-per-object", 1, "--yes")
    assert done.returncode == 0, done.stderr
    person = local.served.person("Ada")
    while (task := person.next("declined")) is not None:
        person.call(f"tasks/{task['id']}/decline")
    wait_for(lambda: status(local.served, "declined") == "Completed")
    told = local.run("status", "declined")
    assert told.returncode == 1
    assert "0 of 6 objects labeled, 6 failed" in told.stdout
    assert "6 x ClientError: Annotation tasks expired" in told.stdout
    assert "s3://acme/pages/0.png (line 1)" in told.stdout
    assert "and 3 more (--json lists them)" in told.stdout
    assert len(json.loads(local.run("status", "declined", "--json").stdout)["failures"]) == 6


def test_a_job_that_was_stopped_is_not_taken_for_one_that_goes_on(local: Local):
    assert local.submit("--name", "ended", "--yes").returncode == 0
    local.served.client("sagemaker").stop_labeling_job(LabelingJobName="ended")
    wait_for(lambda: status(local.served, "ended") == "Stopped")
    again = local.submit("--name", "ended", "--yes")
    assert again.returncode == 1
    assert "Nothing was sent. Choose another --name for a new job." in again.stderr


def test_a_job_whose_function_raises_is_told_with_its_reason(local: Local):
    s3 = local.served.client("s3")
    done = local.submit("--name", "broken", "--yes", task="invoice-fields")
    assert done.returncode == 0, done.stderr
    s3.put_object(Bucket="groundtruth-local", Key="label-categories/doomed.json", Body=b"{}")
    request = json.loads(local.submit("--name", "doomed", "--dry-run", "--json", task="invoice-fields").stdout)[
        "request"
    ]
    del request["LabelCategoryConfigS3Uri"]
    local.served.client("sagemaker").create_labeling_job(
        **request
        | {
            "InputConfig": {
                "DataSource": {"S3DataSource": {"ManifestS3Uri": "s3://groundtruth-local/manifests/broken.manifest"}}
            },
            "HumanTaskConfig": request["HumanTaskConfig"] | {"UiConfig": {"UiTemplateS3Uri": _template(s3)}},
        }
    )
    wait_for(lambda: status(local.served, "doomed") == "Failed")
    told = local.run("status", "doomed")
    assert told.returncode == 1
    assert "The job failed: ClientError: Exception invoking the Lambda function" in told.stdout


def _template(s3: Any) -> str:
    keys = [entry["Key"] for entry in s3.list_objects_v2(Bucket="groundtruth-local", Prefix="templates/")["Contents"]]
    return f"s3://groundtruth-local/{next(key for key in keys if 'invoice-fields' in key)}"
