"""The DCS by raw HTTP: which code which request gets, whatever its status, and who has which traits then."""

from __future__ import annotations

import socket

import pytest

FORM = {"Content-Type": "application/x-www-form-urlencoded"}
UUID = "22920112968019678612904394744954398990"


@pytest.fixture
def account(emulator):
    mine, others = emulator.add("data_sources", [{"name": "CRM", "integrationCode": "crm"}, {"name": "Other"}])
    kind = {"traitType": "ON_BOARDED_TRAIT"}
    rows = [{"name": each["name"], "dataSourceId": each["dataSourceId"], **kind} for each in (mine, others)]
    return mine["dataSourceId"], *(row["sid"] for row in emulator.add("traits", rows))


@pytest.fixture
def ask(anonymous):
    """POST with the keys as they are given; ``get`` sends them as a query."""

    def send(keys, *, get=False, host="acme.demdex.net", headers=FORM):
        own = {"Host": host, **({} if get else headers)}
        where, body = (f"/event?{keys}", None) if get else ("/event", keys)
        return anonymous("GET" if get else "POST", where, data=body, headers=own)

    return send


def codes(answer):
    assert answer.status_code == 200
    found = [each["code"] for each in answer.json().get("errors", [])]
    assert answer.headers.get("X-Error", "") == ",".join(map(str, found))
    return found


def done(emulator):
    return [each["done"] for each in emulator.streamed]


@pytest.mark.parametrize("get", [True, False])
def test_user_gets_the_traits_and_the_response_names_them(get, ask, account, emulator, http):
    source, gold, silver = account
    keys = f"d_rtbd=json&d_cid={source}%01u%2F1&d_sid={gold},{silver}&d_sid=77&c_page=a%20b"
    answer = ask(keys, get=get)
    said = answer.json()
    assert (codes(answer), len(said["uuid"]), said["dcs_region"], said["tid"]) == ([], 38, 7, "t-1")
    assert ask(f"d_rtbd=json&d_cid_ic=crm%01u%2F1&d_sid={gold}").json()["uuid"] == said["uuid"]
    http.session.headers["x-gw-ims-org-id"] = emulator.credentials.org_id
    has = http.get(f"/profile/{source}/u/1").json()["traits"]
    assert has == [{"traitId": gold}, {"traitId": silver}]
    (first, _) = emulator.streamed
    assert (first["c_page"], first["d_sid"]) == (["a b"], [f"{gold},{silver}", "77"])


def test_only_traits_of_the_target_change(ask, account, emulator, http):
    source, gold, silver = account
    ask(f"d_rtbd=json&d_uuid={UUID}&d_sid={gold}&d_sid={silver}&d_tdpid={source}")
    http.session.headers["x-gw-ims-org-id"] = emulator.credentials.org_id
    assert http.get(f"/profile/0/{UUID}").json()["traits"] == [{"traitId": gold}]


@pytest.mark.parametrize(
    ("ids", "expected", "taken"),
    [
        ("d_cid={crm}%01a:b", [300, 104], False),
        ("d_cid={crm}%01a:b&d_cid={crm}%01u1", [300], True),
        ("d_cid={crm}%2501u1", [300, 104], False),
        ("d_cid=99999%01u1", [302, 104], False),
        ("d_cid_ic=nowhere%01u1", [302, 104], False),
        ("d_cid_ic=DSID_20914%01NOT-LOWER", [312, 104], False),
        ("d_uuid=12", [102], False),
        ("d_mid=12", [101], False),
        ("d_mid=" + UUID, [], True),
        ("d_cid={crm}%01gone", [171], False),
        ("&".join(["d_cid={crm}%01u1"] * 4), [310], False),
        ("&".join(["d_cid={crm}%01u1"] * 11), [301], False),
        ("d_cid={crm}%01u1&c_x=%zz", [311], None),
        ("d_cid={crm}%01u1&c_x=%ff", [311], None),
        ("d_cid={crm}%01u1&d_orgid=FFFF@AdobeOrg", [2], False),
        ("c_x=1", [], False),
    ],
)
def test_codes(ids, expected, taken, ask, account, emulator):
    emulator.configure(opted_out=["gone"])
    answer = ask(f"d_rtbd=json&d_sid={account[1]}&{ids.format(crm=account[0])}")
    assert codes(answer) == expected
    assert ("uuid" in answer.json()) is bool(taken)
    assert done(emulator) == ([] if taken is None else [taken])


@pytest.mark.parametrize("host", ["127.0.0.1", "use.demdex.net", "dcs-beta.demdex.net"])
def test_host_that_is_no_alias(host, ask, account):
    assert codes(ask(f"d_rtbd=json&d_cid={account[0]}%01u1", host=host)) == [1]


def test_request_without_host(emulator, account):
    with socket.create_connection(("127.0.0.1", int(emulator.url.rpartition(":")[2]))) as connection:
        connection.sendall(f"GET /event?d_rtbd=json&d_cid={account[0]}%01u1 HTTP/1.0\r\n\r\n".encode())
        said = connection.makefile().read()
    assert '"code":100' in said


def test_pixel_unless_json_is_asked_for(ask, account):
    answer = ask(f"d_cid={account[0]}%01u1")
    assert (answer.headers["Content-Type"], answer.content[:3]) == ("image/gif", b"GIF")


def test_body_that_is_no_form_is_left_alone(ask, account, emulator):
    answer = ask(f"d_rtbd=json&d_cid={account[0]}%01u1", headers={"Content-Type": "application/json"})
    assert answer.headers["Content-Type"] == "image/gif"
    assert done(emulator) == [False]


def test_length_is_limited(ask, account):
    start = f"d_rtbd=json&d_cid={account[0]}%01u1&c_x="
    assert ask(start + "x" * (32_000 - len(start))).status_code == 200
    assert ask(start + "x" * (32_001 - len(start))).status_code == 413
    assert ask(start + "x" * (8_000 - len(start)), get=True).status_code == 200
    assert ask(start + "x" * (8_001 - len(start)), get=True).status_code == 414


def test_codes_can_be_scripted(ask, account, emulator):
    keys = f"d_rtbd=json&d_cid={account[0]}%01u1"
    emulator.trouble("POST /event", "failed_operations", code=303, skip=1)
    assert [codes(ask(keys)) for _ in range(3)] == [[], [303], []]
