"""A job's own config comes first, a good one is kept for a minute, a bad one never."""

import time

import pytest
from botocore.exceptions import ClientError

from pre_annotation.category_store import CategoryStore, s3_client
from pre_annotation.errors import PreAnnotationError
from pre_annotation.settings import Settings

SETTINGS = Settings("invoice-fields", "acme-invoices", "label_categories/")
JOB, TASK = "label_categories/q3-freight.json", "label_categories/invoice-fields.json"


class Clock:
    """Seconds that pass when the test says so."""

    def __init__(self) -> None:
        self.now = time.monotonic()

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def warnings():
    return []


@pytest.fixture
def store(s3, clock, warnings):
    return CategoryStore(s3_client(), SETTINGS, warnings.append, clock=clock)


def config(*labels):
    return {"labels": [{"label": label} for label in labels]}


def test_a_file_of_the_jobs_name_comes_before_the_task_types(store, upload):
    upload(JOB, config("freight"))
    upload(TASK, config("total"))
    assert store.of_job("q3-freight").names == {"freight"}
    assert store.of_job("q4").names == {"total"}
    assert store.of_job("q4").uri == f"s3://acme-invoices/{TASK}"


def test_without_any_file_both_places_are_named(store):
    with pytest.raises(PreAnnotationError) as caught:
        store.of_job("q3-freight")
    assert f"neither s3://acme-invoices/{JOB} nor s3://acme-invoices/{TASK} exists" in str(caught.value)


def test_a_jobs_bad_file_is_an_error_and_not_a_reason_to_ask_something_else(store, upload):
    upload(JOB, b"{")
    upload(TASK, config("total"))
    with pytest.raises(PreAnnotationError, match=f"s3://acme-invoices/{JOB}, line 1"):
        store.of_job("q3-freight")


def test_a_config_is_kept_for_a_minute(store, upload, clock):
    upload(TASK, config("total"))
    first = store.of_job("q3")
    upload(TASK, config("total", "due"))
    clock.now += 59
    assert store.of_job("q3") is first
    clock.now += 2
    assert store.of_job("q3").names == {"total", "due"}


def test_a_correction_is_seen_at_once(store, upload):
    for broken in (b"", b"{", b'{"labels": 1}', b"x" * 1_000_001):
        upload(TASK, broken)
        with pytest.raises(PreAnnotationError, match=f"s3://acme-invoices/{TASK}"):
            store.of_job("q3")
    upload(TASK, config("total"))
    assert store.of_job("q3").names == {"total"}


def test_a_job_file_that_comes_later_is_found_after_a_minute(store, upload, clock):
    upload(TASK, config("total"))
    store.of_job("q3-freight")
    upload(JOB, config("freight"))
    clock.now += 61
    assert store.of_job("q3-freight").names == {"freight"}


def test_an_expired_config_is_not_used_when_the_file_has_gone_bad(store, upload, clock):
    upload(TASK, config("total"))
    store.of_job("q3")
    upload(TASK, b"{")
    clock.now += 61
    with pytest.raises(PreAnnotationError, match="not JSON"):
        store.of_job("q3")


def test_a_warning_is_given_when_a_config_is_read_not_for_each_object(s3, upload, warnings):
    settings = Settings("invoice-boxes", "acme-invoices", "")
    upload("invoice-boxes.json", config(*(f"field{number}" for number in range(11))))
    store = CategoryStore(s3_client(), settings, warnings.append)
    for _ in range(3):
        store.of_job("q3")
    assert len(warnings) == 1
    assert "11 categories" in warnings[0]


def test_a_missing_bucket_is_named(s3):
    store = CategoryStore(s3_client(), Settings("invoice-fields", "no-such-bucket", ""), print)
    with pytest.raises(PreAnnotationError, match=r"s3://no-such-bucket/q3\.json: S3 answered NoSuchBucket"):
        store.of_job("q3")


def test_a_forbidden_job_file_is_not_taken_for_a_missing_one(s3, upload, monkeypatch):
    upload(TASK, config("total"))
    client = s3_client()

    def refuse(**request):
        raise ClientError({"Error": {"Code": "AccessDenied"}}, "GetObject")

    monkeypatch.setattr(client, "get_object", refuse)
    with pytest.raises(PreAnnotationError, match=f"s3://acme-invoices/{JOB}: access denied.*s3:ListBucket"):
        CategoryStore(client, SETTINGS, print).of_job("q3-freight")


def test_an_s3_that_does_not_answer_is_named(s3, monkeypatch):
    monkeypatch.setenv("AWS_ENDPOINT_URL_S3", "http://127.0.0.1:1")
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    with pytest.raises(PreAnnotationError, match=r"S3 cannot be reached .*127\.0\.0\.1:1"):
        CategoryStore(s3_client(), SETTINGS, print).of_job("q3")


@pytest.mark.parametrize(
    ("uri", "bucket", "prefix"),
    [("s3://b", "b", ""), ("s3://b/", "b", ""), ("s3://b/a/", "b", "a/"), ("s3://b/a/c", "b", "a/c/")],
)
def test_the_prefix_is_a_folder_with_or_without_its_slash(uri, bucket, prefix):
    environment = {"TASK_TYPE": "invoice-fields", "LABEL_CATEGORIES_URI": uri}
    assert Settings.from_environment(environment) == Settings("invoice-fields", bucket, prefix)


@pytest.mark.parametrize(
    ("environment", "message"),
    [
        ({}, 'variable TASK_TYPE is "". Set it to one of document-type, invoice-boxes, invoice-fields.'),
        ({"TASK_TYPE": "boxes"}, 'variable TASK_TYPE is "boxes". Set it to one of'),
        ({"TASK_TYPE": "invoice-boxes"}, 'variable LABEL_CATEGORIES_URI is "", not an S3 URI'),
        (
            {"TASK_TYPE": "invoice-boxes", "LABEL_CATEGORIES_URI": "configs/"},
            'variable LABEL_CATEGORIES_URI is "configs/", not an S3 URI',
        ),
    ],
)
def test_a_wrong_environment_names_the_variable(environment, message):
    with pytest.raises(PreAnnotationError) as caught:
        Settings.from_environment(environment)
    assert message in str(caught.value)
