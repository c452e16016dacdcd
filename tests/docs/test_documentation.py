"""What the README and docs/ say is true: links lead somewhere, every command is there, the first job of docs/serve.md runs."""

import json
import os
import re
import subprocess
import sys
import time
from pathlib import Path

import boto3
import pytest

from groundtruth.command.main import COMMANDS

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_to_a_file_leads_to_one(page: Path):
    for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8")):
        assert (page.parent / target).exists(), f"{page.name} links to {target}"


def test_every_command_is_in_the_readme_and_every_command_there_exists():
    table = re.findall(r"^\| `groundtruth (\w+)", (ROOT / "README.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert sorted(set(table)) == sorted(COMMANDS)


def test_every_target_that_the_readme_names_is_in_the_makefile():
    named = set(re.findall(r"`?make ([a-z-]+)", (ROOT / "README.md").read_text(encoding="utf-8")))
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    assert named <= targets


def test_the_first_job_of_the_serve_page_runs(tmp_path: Path):
    (snippet,) = re.findall(r"```python\n(.*?)```", (ROOT / "docs/serve.md").read_text(encoding="utf-8"), re.DOTALL)
    serve = [sys.executable, "-m", "groundtruth", "serve", "--data", str(tmp_path), "--port", "0", "--s3-port", "0"]
    with subprocess.Popen(serve, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as service:
        assert service.stdout is not None
        try:
            settings = {}
            for line in service.stdout:
                if line.startswith("# Portal"):
                    break
                name, _, value = line.removeprefix("export ").strip().partition("=")
                settings[name] = value
            environment = {key: value for key, value in os.environ.items() if not key.startswith("AWS_")} | settings
            session = boto3.Session(settings["AWS_ACCESS_KEY_ID"], settings["AWS_SECRET_ACCESS_KEY"], None, "us-east-1")
            s3 = session.client("s3", endpoint_url=settings["AWS_ENDPOINT_URL_S3"])
            s3.create_bucket(Bucket="invoices")
            s3.put_object(Bucket="invoices", Key="q3.manifest", Body=json.dumps({"source": "INVOICE 10442 TOTAL 9.00"}))
            template = ROOT / "crowd_templates/document-type.liquid.html"
            s3.upload_file(str(template), "invoices", "document-type.liquid.html")
            subprocess.run([sys.executable, "-c", snippet], env=environment, check=True, timeout=60)
            sagemaker = session.client("sagemaker", endpoint_url=settings["AWS_ENDPOINT_URL_SAGEMAKER"])
            deadline = time.monotonic() + 60
            while (status := sagemaker.describe_labeling_job(LabelingJobName="invoices-q3"))[
                "LabelingJobStatus"
            ] != "InProgress":
                assert status["LabelingJobStatus"] == "Initializing", status.get("FailureReason")
                assert time.monotonic() < deadline
                time.sleep(0.2)
        finally:
            service.terminate()
