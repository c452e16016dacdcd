"""Everything the service needs on this machine: database, S3, functions, the background work, and the web application over them."""

import contextlib
import gc
import os
import socket
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config

from groundtruth.errors import RequestError
from groundtruth.functions import Functions, LambdaEndpoint, LocalFunctions, read_functions
from groundtruth.service.database import Database
from groundtruth.service.lifecycle import Background, Means
from groundtruth.service.lifecycle.means import Report, unheard
from groundtruth.service.settings import ServiceSettings
from groundtruth.service.tasks import Tasks
from groundtruth.service.teams import Teams
from groundtruth.storage import EmbeddedS3, RemoteS3, S3Location, Storage
from groundtruth.storage.embedded import CREDENTIALS

_SIGNED_IN = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_PROFILE", "AWS_DEFAULT_REGION")


@dataclass(frozen=True)
class StackOptions:
    """What the service runs on.

    data: folder for the database, the embedded S3 and the functions' logs. template_file: SAM template of the functions. s3_url,
    lambda_url, database_url: what to use in place of the embedded ones. s3_port: of the embedded S3; 0 takes a free one.
    label_categories: where in S3 the functions find label category configs; those beside the SAM template are put there when they are missing.
    """

    data: Path
    template_file: Path | None = None
    s3_url: str | None = None
    s3_port: int = 0
    lambda_url: str | None = None
    database_url: str | None = None
    label_categories: str = "s3://groundtruth-local/label-categories/"
    settings: ServiceSettings = field(default_factory=ServiceSettings)


@dataclass(frozen=True)
class Stack:
    """The service's parts, running. `credentials`: throw-away ones that clients of the embedded S3 need, empty for another S3."""

    database: Database
    storage: Storage
    s3_client: Any
    functions: Functions
    settings: ServiceSettings
    teams: Teams
    tasks: Tasks
    background: Background
    credentials: dict[str, str]


@contextlib.contextmanager
def open_stack(options: StackOptions, report: Report = unheard) -> Iterator[Stack]:
    """Start all parts, and stop them at the end. report: told of each job that fails.

    Raises RequestError when a part cannot be started as the options say.
    """
    with contextlib.ExitStack() as parts:
        options.data.mkdir(parents=True, exist_ok=True)
        parts.enter_context(_alone_in(options.data))
        url = options.database_url or f"sqlite:///{options.data / 'groundtruth.db'}"
        database = Database.open(url)
        parts.callback(database.close)
        storage, credentials = _storage(options, parts)
        client = _client("s3", storage.endpoint_url, credentials)
        functions = _functions(options, storage, credentials, parts)
        means = Means(database, storage, functions, options.settings, report=report)
        background = parts.enter_context(Background(means))
        tasks = Tasks(database, options.settings, on_answer=background.wake)
        parts.enter_context(_unsearched_heap())
        yield Stack(
            database, storage, client, functions, options.settings, Teams(database), tasks, background, credentials
        )


@contextlib.contextmanager
def _alone_in(folder: Path) -> Iterator[None]:
    """Hold the folder until the end: two services over one database file would not know of each other. A killed one holds it no more."""
    lock = sqlite3.connect(folder / "in-use.lock", timeout=0, isolation_level=None, check_same_thread=False)
    try:
        lock.execute("BEGIN EXCLUSIVE")
    except sqlite3.OperationalError as error:
        lock.close()
        raise RequestError(
            f"--data: {folder} is in use by another service. Stop it, or name another folder."
        ) from error
    try:
        yield
    finally:
        lock.close()


@contextlib.contextmanager
def _unsearched_heap() -> Iterator[None]:
    """Keep what was loaded so far out of the garbage collector's searches, which hold up every request for as long as they take."""
    gc.collect()
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()


def _storage(options: StackOptions, parts: contextlib.ExitStack) -> tuple[Storage, dict[str, str]]:
    if options.s3_url is None:
        _check_free(options.s3_port)
        return parts.enter_context(EmbeddedS3(options.data / "s3", port=options.s3_port)), dict(CREDENTIALS)
    given = {} if boto3.Session().get_credentials() else dict(CREDENTIALS)
    return RemoteS3(options.s3_url, _client("s3", options.s3_url, given)), given


def _check_free(port: int) -> None:
    """Raise RequestError when the embedded S3 could not listen on this port: moto's server would wait for itself for good."""
    try:
        socket.create_server(("127.0.0.1", port)).close()
    except OSError as error:
        reason = os.strerror(error.errno) if error.errno else str(error)
        raise RequestError(
            f"--s3-port {port}: the embedded S3 cannot listen there ({reason}). Name a free port, or 0 for any."
        ) from error


def _functions(
    options: StackOptions, storage: Storage, credentials: dict[str, str], parts: contextlib.ExitStack
) -> Functions:
    if options.lambda_url is not None:
        return LambdaEndpoint(options.lambda_url, _client("lambda", options.lambda_url, credentials))
    if options.template_file is None:
        raise RequestError("There is no template.yaml here. Name a SAM template with --template-file, or --lambda.")
    specs = read_functions(options.template_file)
    categories = options.label_categories.rstrip("/") + "/"
    _put_label_categories(options.template_file.parent / "label_categories", S3Location.parse(categories), storage)
    signed_in = {name: os.environ[name] for name in _SIGNED_IN if name in os.environ}
    environment = (credentials or signed_in) | {"LABEL_CATEGORIES_URI": categories}
    environment["AWS_REGION"] = environment.get("AWS_DEFAULT_REGION", "us-east-1")
    if storage.endpoint_url is not None:
        environment["AWS_ENDPOINT_URL_S3"] = storage.endpoint_url
    if options.s3_url is None and storage.endpoint_url is not None:
        environment["AWS_ENDPOINT_URL"] = storage.endpoint_url
    return parts.enter_context(LocalFunctions(specs, environment, options.data / "logs"))


def _put_label_categories(folder: Path, target: S3Location, storage: Storage) -> None:
    files = sorted(folder.glob("*.json"))
    if files:
        storage.ensure_bucket(target.bucket)
    for file in files:
        location = target.joined(file.name)
        if not storage.exists(location):
            storage.put_file(location, file)


def _client(service: Any, url: str | None, credentials: dict[str, str]) -> Any:
    longest_invocation = 930
    return boto3.client(
        service,
        endpoint_url=url,
        aws_access_key_id=credentials.get("AWS_ACCESS_KEY_ID"),
        aws_secret_access_key=credentials.get("AWS_SECRET_ACCESS_KEY"),
        region_name=credentials.get("AWS_DEFAULT_REGION") or boto3.Session().region_name or "us-east-1",
        config=Config(read_timeout=longest_invocation, retries={"total_max_attempts": 1})
        if service == "lambda"
        else None,
    )
