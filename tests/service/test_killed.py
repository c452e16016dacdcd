"""The service is killed, over and over, while people work: what they were told is kept is there once, and the job is done at the end."""

import json
import random
import sqlite3
import time
from collections import Counter
from pathlib import Path

from tests.service.serving import Crowd, Served, make_job, output_manifest, status, wait_for

KILLS = 20
OBJECTS = 70
WORKERS = 3
ANSWERS_IN_A_LIFE = 8


def test_twenty_kills_lose_and_double_nothing(tmp_path: Path):
    chance = random.Random(20)
    with Served(tmp_path / "data") as served:
        lines = [{"source-ref": f"s3://acme/pages/{number}.png", "page": number} for number in range(OBJECTS)]
        make_job(served, "Killed", "document-type", lines, workers=WORKERS, MaxConcurrentTaskCount=15)
        crowd = Crowd([served.person(name) for name in ("Ann", "Bob", "Cem", "Dee")], "Killed")
        crowd.start()
        for life in range(KILLS):
            name = f"uploads/{life}.bin"
            metadata = {"life": str(life)}
            served.client("s3").put_object(
                Bucket="acme", Key=name, Body=name.encode(), ContentType="application/x-invoice", Metadata=metadata
            )
            for _ in range(ANSWERS_IN_A_LIFE):
                crowd.permits.release()
            time.sleep(chance.uniform(0.0, 0.5))
            served.kill()
            served.start()
        for _ in range(OBJECTS * WORKERS):
            crowd.permits.release()
        wait_for(lambda: crowd.failures or status(served, "Killed") == "Completed", 120)
        crowd.is_over.set()
        crowd.join()
        assert not crowd.failures
        for life in range(KILLS):
            stored = served.client("s3").get_object(Bucket="acme", Key=f"uploads/{life}.bin")
            assert stored["Body"].read() == f"uploads/{life}.bin".encode()
            assert stored["ContentType"] == "application/x-invoice"
            assert stored["Metadata"] == {"life": str(life)}
        output = output_manifest(served, "Killed")
        assert [line["page"] for line in output] == list(range(OBJECTS))
        assert all(line["document-type"]["workers"] == WORKERS for line in output)
    check_answers(tmp_path / "data", crowd)


def check_answers(data: Path, crowd: Crowd) -> None:
    with sqlite3.connect(data / "groundtruth.db") as database:
        kept = database.execute("SELECT assignment_id, number, worker_id, content FROM answers").fetchall()
    assert len(kept) == OBJECTS * WORKERS
    assert max(Counter((number, worker) for _, number, worker, _ in kept).values()) == 1
    assert {name: json.loads(content) for name, *_, content in kept} == crowd.told_kept
    responses = data / "s3/acme/output/Killed/annotations/worker-response"
    files = sorted(responses.glob("*/*/*.json"))
    assert len(files) == OBJECTS
    written = [answer["answerContent"]["token"] for file in files for answer in json.loads(file.read_text())["answers"]]
    assert sorted(written) == sorted(answer["token"] for answer in crowd.told_kept.values())
