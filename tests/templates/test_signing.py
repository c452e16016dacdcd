"""Read access is a real URL that expires, for the one object that the template names."""

import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import boto3
import pytest
from hypothesis import given
from hypothesis import strategies as st
from moto.server import ThreadedMotoServer

from groundtruth.errors import TemplateError
from groundtruth.templates import signer


def client(endpoint: str | None = None) -> Any:
    return boto3.client(
        "s3",
        region_name="eu-west-1",
        endpoint_url=endpoint,
        aws_access_key_id="testing",
        aws_secret_access_key="testing",
    )


LOCAL = client("http://127.0.0.1:9")


@pytest.fixture(scope="module")
def sign() -> Callable[[str], str]:
    return signer(client(), 600)


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    moto = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    moto.start()
    host, port = moto.get_host_and_port()
    yield f"http://{host}:{port}"
    moto.stop()


def test_the_url_reads_the_object(server: str):
    s3 = client(server)
    s3.create_bucket(Bucket="acme", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    s3.put_object(Bucket="acme", Key="pages/a b?#ü.png", Body=b"page")
    sign = signer(s3, 60)
    for uri in ["s3://acme/pages/a b?#ü.png", f"{server}/acme/pages/a%20b%3F%23%C3%BC.png"]:
        assert urllib.request.urlopen(sign(uri)).read() == b"page"


@pytest.mark.parametrize(
    ("uri", "bucket", "key"),
    [
        ("s3://acme/pages/1.png", "acme", "pages/1.png"),
        ("s3://acme/a%20b+c.png", "acme", "a%20b+c.png"),
        ("s3://acme//double//slash.png", "acme", "/double//slash.png"),
        ("https://acme.s3.amazonaws.com/a%20b.png", "acme", "a b.png"),
        ("https://acme.s3.eu-west-1.amazonaws.com/k", "acme", "k"),
        ("https://acme.s3-eu-west-1.amazonaws.com/k", "acme", "k"),
        ("https://acme.s3.dualstack.eu-west-1.amazonaws.com/k", "acme", "k"),
        ("https://acme.s3.cn-north-1.amazonaws.com.cn/k", "acme", "k"),
        ("https://acme.s3.us-gov-west-1.amazonaws.com/k", "acme", "k"),
        ("https://s3.amazonaws.com/acme/k", "acme", "k"),
        ("https://s3.eu-west-1.amazonaws.com/acme/a/k", "acme", "a/k"),
    ],
)
def test_every_form_of_an_s3_address_is_signed(sign: Callable[[str], str], uri: str, bucket: str, key: str):
    url = urlsplit(sign(uri))
    assert url.hostname == f"{bucket}.s3.amazonaws.com"
    assert unquote(url.path) == f"/{key}"
    query = parse_qs(url.query)
    assert query["X-Amz-Expires"] == ["600"]
    assert query["X-Amz-Algorithm"] == ["AWS4-HMAC-SHA256"]
    assert "X-Amz-Signature" in query


def test_a_version_stays_the_version(sign: Callable[[str], str]):
    assert parse_qs(urlsplit(sign("https://acme.s3.amazonaws.com/k?versionId=v7")).query)["versionId"] == ["v7"]


@pytest.mark.parametrize(
    "url",
    [
        "https://example.com/page.png?a=1&b=2",
        "https://s3.amazonaws.com.example.com/acme/k",
        "https://acme.s3.amazonaws.com/k?X-Amz-Signature=1",
    ],
)
def test_other_https_urls_and_signed_ones_pass(sign: Callable[[str], str], url: str):
    assert sign(url) == url


@pytest.mark.parametrize(
    ("uri", "says"),
    [
        ("", "neither an S3 URI nor an https URL"),
        ("pages/1.png", "neither an S3 URI nor an https URL"),
        ("http://example.com/1.png", "neither an S3 URI nor an https URL"),
        ("javascript:alert(1)", "neither an S3 URI nor an https URL"),
        ("s3://acme", "names no object"),
        ("s3://acme/", "names no object"),
        ("s3:///key", "no valid bucket name"),
        ("s3://a b/key", "no valid bucket name"),
        ("https://s3.amazonaws.com/acme", "names no object"),
        ("https://[acme/k", "is not a URL"),
    ],
)
def test_what_cannot_be_signed_is_refused_with_the_remedy(sign: Callable[[str], str], uri: str, says: str):
    with pytest.raises(TemplateError, match=says) as caught:
        sign(uri)
    assert uri in str(caught.value)
    assert "s3://bucket/key" in str(caught.value)


@given(
    key=st.text(st.characters(blacklist_categories=["Cs", "Cc"]), min_size=1).filter(lambda key: key not in {".", ".."})
)
def test_any_key_survives_signing(key: str):
    url = urlsplit(signer(LOCAL, 60)(f"s3://acme/{key}"))
    assert unquote(url.path) == f"/acme/{key}"


def test_a_signature_opens_one_object_for_a_while_only():
    first, second = (urlsplit(signer(client(), 5)(f"s3://acme/{key}")) for key in ("a", "b"))
    assert parse_qs(first.query)["X-Amz-Signature"] != parse_qs(second.query)["X-Amz-Signature"]
    query = parse_qs(first.query)
    made = time.strptime(query["X-Amz-Date"][0], "%Y%m%dT%H%M%SZ")
    assert abs(time.mktime(made) - time.mktime(time.gmtime())) < 60
    with pytest.raises(ValueError, match="604,800"):
        signer(client(), 604_801)
