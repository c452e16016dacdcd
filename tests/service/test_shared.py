"""Two processes of the service over one PostgreSQL, for a team: killed in turn, they lose and double nothing."""

import json
import random
import time
from collections import Counter
from pathlib import Path

import psycopg

from groundtruth.storage import EmbeddedS3
from tests.service.postgres import cluster
from tests.service.serving import Crowd, Served, make_job, output_manifest, status, wait_for

OBJECTS = 40
WORKERS = 3
KILLS = 6


def test_two_processes_that_are_killed_in_turn_do_one_job(tmp_path: Path):
    chance = random.Random(2)
    with cluster() as postgres, EmbeddedS3(tmp_path / "s3") as s3:
        url = postgres.new_database()
        shared = ("--s3", s3.endpoint_url, "--database", url)
        with Served(tmp_path / "one", *shared) as one, Served(tmp_path / "two", *shared) as two:
            one.s3_address = two.s3_address = s3.endpoint_url
            lines = [{"source-ref": f"s3://acme/pages/{number}.png", "page": number} for number in range(OBJECTS)]
            make_job(one, "Shared", "document-type", lines, workers=WORKERS, MaxConcurrentTaskCount=15)
            people = [one.person("Ann"), one.person("Bob"), two.person("Cem"), two.person("Dee")]
            crowd = Crowd(people, "Shared")
            crowd.start()
            for life in range(KILLS):
                for _ in range(8):
                    crowd.permits.release()
                time.sleep(chance.uniform(0.2, 0.8))
                victim = (one, two)[life % 2]
                victim.kill()
                victim.start()
            for _ in range(OBJECTS * WORKERS):
                crowd.permits.release()
            wait_for(lambda: crowd.failures or status(two, "Shared") == "Completed", 120)
            crowd.is_over.set()
            crowd.join()
            assert not crowd.failures
            output = output_manifest(one, "Shared")
        with psycopg.connect(url) as connection:
            kept = connection.execute("SELECT assignment_id, number, worker_id, content FROM answers").fetchall()
    assert len(kept) == OBJECTS * WORKERS
    assert max(Counter((number, worker) for _, number, worker, _ in kept).values()) == 1
    assert {name: json.loads(content) for name, *_, content in kept} == crowd.told_kept
    assert [line["page"] for line in output] == list(range(OBJECTS))
    assert all(line["document-type"]["workers"] == WORKERS for line in output)


def test_a_person_goes_on_at_the_other_process(tmp_path: Path):
    with cluster(is_durable=False) as postgres, EmbeddedS3(tmp_path / "s3") as s3:
        shared = ("--s3", s3.endpoint_url, "--database", postgres.new_database())
        with Served(tmp_path / "one", *shared) as one, Served(tmp_path / "two", *shared) as two:
            one.s3_address = two.s3_address = s3.endpoint_url
            make_job(one, "Moved", "document-type", [{"source": "text"}], workers=1)
            ann = one.person("Ann")
            task = wait_for(lambda: ann.next("Moved"))
            one.kill()
            ann.at(two.address)
            assert ann.next("Moved")["id"] == task["id"]
            ann.submit(task["id"], {"documentType": {"label": "Invoice"}})
            wait_for(lambda: status(two, "Moved") == "Completed")
