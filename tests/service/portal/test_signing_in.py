"""Invitation links and sessions."""

import pytest

from groundtruth.service.portal.accounts import DAY, InvitationError
from groundtruth.service.portal.sessions import IDLE_LIFETIME, LONGEST_LIFETIME

on_both = pytest.mark.parametrize("database", ["sqlite", "postgresql"], indirect=True)


@pytest.fixture
def token(accounts) -> str:
    return accounts.invite(accounts.add_worker("clerks", "Ada").id)


@on_both
def test_a_link_signs_its_worker_in_once(token, stranger, port):
    assert stranger.sign_in(token).status == 200
    assert stranger.get("/api/session").json["name"] == "Ada"
    again = type(stranger)(port).sign_in(token)
    assert again.status == 403
    assert "works once" in again.json["message"]


def test_looking_at_a_link_does_not_use_it(token, stranger):
    for _ in range(3):
        assert stranger.call("/invitation", {"token": token}).json == {"name": "Ada", "isOwner": False}
    assert stranger.sign_in(token).status == 200


def test_a_link_expires(token, stranger, clock):
    clock.turn(7 * DAY + 1)
    refused = stranger.sign_in(token)
    assert (refused.status, "too old" in refused.json["message"]) == (403, True)


def test_a_revoked_link_opens_nothing(token, stranger, accounts):
    accounts.revoke(accounts.find("Ada").id)
    refused = stranger.sign_in(token)
    assert (refused.status, "taken back" in refused.json["message"]) == (403, True)


def test_a_new_link_revokes_the_one_before(token, stranger, accounts):
    fresh = accounts.invite(accounts.find("Ada").id)
    assert stranger.sign_in(token).status == 403
    assert stranger.sign_in(fresh).status == 200


def test_tokens_have_256_bits_and_are_nowhere_in_the_database(token, stranger, database, tmp_path):
    stranger.sign_in(token)
    assert len(token) >= 43
    (cookie,) = stranger.cookies.values()
    kept = b"".join(path.read_bytes() for path in tmp_path.glob("groundtruth.db*"))
    assert b"Ada" in kept
    assert token.encode() not in kept
    assert cookie.encode() not in kept


def test_the_sessions_cookie_is_kept_from_scripts_and_other_sites(token, stranger):
    header = stranger.sign_in(token).headers["Set-Cookie"]
    assert "HttpOnly" in header
    assert "samesite=strict" in header.lower()
    assert "Domain" not in header


def test_over_https_the_cookie_is_bound_to_the_host(token, stranger):
    origin = {"Origin": f"https://127.0.0.1:{stranger.port}", "X-Forwarded-Proto": "https"}
    header = stranger.ask("POST", "/api/sign-in", {"token": token}, origin).headers["Set-Cookie"]
    assert header.startswith("__Host-groundtruth=")
    assert "Secure" in header
    assert "Path=/;" in header


def test_signing_out_ends_the_session(worker):
    ada = worker()
    cookies = dict(ada.cookies)
    assert ada.call("/sign-out").status == 200
    ada.cookies = cookies
    assert ada.call("/jobs", method="GET").status == 401


def test_a_session_that_nobody_uses_ends(worker, clock):
    ada = worker()
    clock.turn(IDLE_LIFETIME - 10)
    assert ada.call("/jobs", method="GET").status == 200
    clock.turn(IDLE_LIFETIME - 10)
    assert ada.call("/jobs", method="GET").status == 200
    clock.turn(IDLE_LIFETIME + 10)
    assert ada.call("/jobs", method="GET").status == 401


def test_a_session_ends_however_much_it_is_used(worker, clock):
    ada = worker()
    for _ in range(int(LONGEST_LIFETIME // DAY) + 1):
        clock.turn(DAY)
        status = ada.call("/jobs", method="GET").status
    assert status == 401


def test_who_is_removed_is_signed_out_and_their_link_is_void(worker, accounts):
    ada = worker()
    account = accounts.find("Ada")
    token = accounts.invite(account.id)
    accounts.remove(account.id)
    assert ada.call("/jobs", method="GET").status == 401
    with pytest.raises(InvitationError):
        accounts.look_at(token)


@on_both
def test_who_leaves_one_of_two_teams_stays_signed_in(worker, accounts, add_team):
    add_team("auditors")
    ada = worker()
    accounts.add_worker("auditors", "Ada")
    accounts.remove(accounts.find("Ada").id, "clerks")
    assert ada.call("/jobs", method="GET").status == 200
    assert accounts.entries()[0].teams == ("auditors",)


def test_who_guesses_tokens_has_to_wait(token, stranger):
    statuses = [stranger.call("/invitation", {"token": f"guess-{number}"}).status for number in range(21)]
    assert statuses == [403] * 20 + [429]
    refused = stranger.sign_in(token)
    assert refused.status == 429
    assert 0 < int(refused.headers["Retry-After"]) <= 61


def test_who_follows_a_link_from_another_site_is_not_told_that_they_are_signed_out(worker):
    ada = worker()
    cookies, ada.cookies = ada.cookies, {}  # a browser does not send them with such a request
    detour = ada.get("/", Sec_Fetch_Site="cross-site")
    assert 'http-equiv="refresh"' in detour.text
    ada.cookies = cookies
    assert "Your tasks" in ada.get("/", Sec_Fetch_Site="same-origin").text
