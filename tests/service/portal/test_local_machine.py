"""On the machine itself the portal needs no sign-in, as long as nobody else can come by that way."""

import pytest

from groundtruth.errors import RequestError
from groundtruth.service.portal import PortalSettings, check_listening
from groundtruth.service.portal.guard import host_name
from groundtruth.service.portal.visitors import is_loopback


def test_the_owners_pages_are_open_to_who_is_at_the_machine(open_job, stranger):
    open_job()
    assert "invoices" in stranger.get("/owner").text
    stranger.load_token()
    assert stranger.call("/owner/workers", {"team": "clerks", "name": "Ada"}).json["name"] == "Ada"


@pytest.mark.parametrize("host", ["evil.example", "evil.example:8765", "127.0.0.1.evil.example", "", "[::1", "0.0.0.0"])
def test_another_host_name_is_not_answered(open_job, stranger, host):
    open_job()
    for path in ("/owner", "/sign-in", "/api/session"):
        refused = stranger.get(path, Host=host)
        assert refused.status in {400, 421}
        assert "invoices" not in refused.text


@pytest.mark.parametrize("header", ["X_Forwarded_For", "Forwarded", "Via"])
def test_what_a_proxy_passes_on_does_not_come_from_the_machine(stranger, header):
    assert stranger.get("/owner", **{header: "203.0.113.7"}).status == 401


def test_once_there_is_an_owners_account_it_takes_signing_in(owner, stranger):
    assert stranger.get("/owner").status == 401
    assert owner.get("/owner").status == 200


def test_who_is_at_the_machine_can_work_on_tasks_at_once(open_job, stranger):
    open_job()
    stranger.load_token()
    assert stranger.call("/owner/work-in", {"team": "clerks", "name": "Ada"}).status == 200
    stranger.load_token()
    assert stranger.next()["job"] == "invoices"


def test_a_session_begun_without_a_link_ends_when_there_is_an_owners_account(open_job, stranger, accounts):
    open_job()
    stranger.load_token()
    stranger.call("/owner/work-in", {"team": "clerks", "name": "Ada"})
    accounts.add_owner("Olivia")
    stranger.load_token()
    assert stranger.call("/jobs", method="GET").status == 401


@pytest.mark.parametrize("settings", [PortalSettings("127.0.0.1", "https://labels.example")])
def test_a_portal_with_a_public_address_is_not_open_and_answers_to_it(open_job, stranger, settings):
    open_job()
    assert stranger.get("/owner").status == 401
    assert stranger.get("/sign-in", Host="labels.example").status == 200
    assert stranger.get("/sign-in", Host="evil.example").status == 421


@pytest.mark.parametrize("host", ["0.0.0.0", "192.168.1.5", "::", "labels.example"])
def test_listening_elsewhere_needs_an_owners_account(accounts, host):
    with pytest.raises(RequestError, match="worker add YOUR-NAME --owner"):
        check_listening(host, accounts)
    accounts.add_owner("Olivia")
    check_listening(host, accounts)


def test_listening_on_this_machine_needs_none(accounts):
    for host in ("127.0.0.1", "localhost", "::1", "127.0.0.2"):
        check_listening(host, accounts)


@pytest.mark.parametrize("host", ["127.evil.example", "127.0.0.1.evil.example", "localhost.evil.example", ""])
def test_a_name_that_only_looks_like_this_machine_is_not_it(host):
    assert not is_loopback(host)


def test_host_headers_are_read_as_browsers_write_them():
    assert [host_name(host) for host in ("127.0.0.1:8765", "[::1]:8765", "LOCALHOST", "a@b", "[")] == [
        "127.0.0.1",
        "::1",
        "localhost",
        "b",
        "",
    ]
