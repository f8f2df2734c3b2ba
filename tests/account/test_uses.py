"""How full the account is, from what AAM says of itself and else from what Adobe documents."""

from __future__ import annotations

import pytest

from airflow_provider_aam.account.uses import read_account_use


@pytest.fixture
def client(connect):
    return connect()


def test_limits_are_the_account_s_own_where_aam_says_them(emulator, client):
    emulator.reset("account")
    found = read_account_use(client)
    uses = {(use.resource, use.type): use for use in found.uses}
    assert (uses["traits", "ALGO_TRAIT"].limit, uses["traits", "ALGO_TRAIT"].documented) == (50, False)
    assert (uses["trait_folders", "TOTAL"].limit, uses["trait_folders", "TOTAL"].documented) == (2_000, True)
    assert found.pid == 1099
    assert "web" in " ".join(found.data_sources.values()).lower()


def test_what_the_credential_cannot_read_is_left_out(emulator, client):
    emulator.trouble("GET /v1/models/limits", "status", times=None, status=403)
    emulator.trouble("GET /v1/signals/derived", "status", times=None, status=403)
    assert {"models", "derived_signals"} & {use.resource for use in read_account_use(client).uses} == set()


def test_limits_that_aam_does_not_have_are_counted(emulator, client):
    emulator.reset("account")
    emulator.trouble("GET /v1/segments/limits", "status", times=None, status=404)
    (use,) = [use for use in read_account_use(client).uses if use.resource == "segments"]
    assert (use.count, use.limit, use.documented) == (200, 20_000, True)
