"""What a Connection may say, and that everything wrong with it is said at once, without a secret."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from airflow_provider_aam.api.config import EXTRA_KEYS, AAMConfig
from airflow_provider_aam.api.credentials import JwtCredential, LegacyCredential, ServerToServerCredential
from airflow_provider_aam.api.errors import AAMConfigError

JWT = {"org_id": "A1@AdobeOrg", "technical_account_id": "T1@techacct.adobe.com", "private_key": "-----BEGIN …"}


def read(**parts: Any) -> AAMConfig:
    return AAMConfig.from_connection(**{"login": "client-id", "password": "client-secret"} | parts)


def problems_of(**parts: Any) -> tuple[str, ...]:
    with pytest.raises(AAMConfigError) as caught:
        read(**parts)
    return caught.value.problems


def test_login_and_password_alone_are_server_to_server_with_defaults() -> None:
    config = read(login=" client-id ", password="client-secret\n")
    assert config.credential == ServerToServerCredential(
        client_id="client-id",
        client_secret="client-secret",
        scopes=(
            "openid",
            "AdobeID",
            "read_organizations",
            "additional_info.projectedProductContext",
            "audiencemanager_api",
        ),
    )
    assert (config.base_url, config.token_url) == ("https://aam.adobe.io", "https://ims-na1.adobelogin.com")
    assert (config.timeout_s, config.max_attempts, config.max_concurrency) == (60, 5, 32)
    assert (config.verify, config.proxies) == (True, None)


def test_a_private_key_alone_makes_it_jwt() -> None:
    credential = read(extra=JWT).credential
    assert isinstance(credential, JwtCredential)
    assert credential.metascopes == ("ent_audiencemanagerplatform_sdk",)
    assert credential.audience == "https://ims-na1.adobelogin.com"


def test_explicit_auth_wins_over_a_leftover_private_key() -> None:
    assert isinstance(read(extra={**JWT, "auth": "oauth_server_to_server"}).credential, ServerToServerCredential)


def test_private_key_is_read_from_its_path(tmp_path: Path) -> None:
    path = tmp_path / "private.key"
    path.write_text("-----BEGIN PRIVATE KEY-----")
    extra = {**JWT, "private_key": None, "private_key_path": str(path)}
    credential = read(extra=extra).credential
    assert isinstance(credential, JwtCredential)
    assert credential.private_key == "-----BEGIN PRIVATE KEY-----"


def test_legacy_oauth_uses_the_demdex_host_for_api_and_tokens() -> None:
    extra = {"auth": "legacy_oauth", "username": "u", "user_password": "secret-of-u", "environment": "beta"}
    config = read(extra=extra)
    assert isinstance(config.credential, LegacyCredential)
    assert config.base_url == config.token_url == "https://api-beta.demdex.com"


@pytest.mark.parametrize(
    ("host", "base_url"),
    [
        (None, "https://aam.adobe.io"),
        ("  ", "https://aam.adobe.io"),
        ("api.demdex.com", "https://api.demdex.com"),
        ("https://api.demdex.com/v1/", "https://api.demdex.com"),
        ("http://127.0.0.1:8080", "http://127.0.0.1:8080"),
        ("http://[::1]:8080/aam", "http://[::1]:8080/aam"),
    ],
)
def test_host_is_read_in_every_usual_spelling(host: str | None, base_url: str) -> None:
    assert read(host=host).base_url == base_url


@pytest.mark.parametrize(
    "host",
    [
        "ftp://aam.adobe.io",
        "https://",
        "aam.adobe.io?x=1",
        "aam.adobe.io#x",
        "http://[::1",
        "aam.adobe.io:http",
        "aam adobe.io",
    ],
)
def test_unusable_host_is_a_problem(host: str) -> None:
    assert problems_of(host=host) == ("host must be the API's address, like https://aam.adobe.io, or be left empty",)


def test_password_in_the_host_is_refused_and_not_repeated() -> None:
    (problem,) = problems_of(host="https://me:hunter2@aam.adobe.io")
    assert "user name or password" in problem
    assert "hunter2" not in problem


def test_every_problem_is_reported_at_once() -> None:
    extra = {"auth": "jwt", "org_id": "not-an-org", "timeout_s": "soon", "orgid": "x", "zzz": 1}
    problems = problems_of(login=" ", password=None, host="ftp://x", extra=extra)
    text = "\n".join(problems)
    for expected in (
        "unknown key 'orgid': did you mean 'org_id'?",
        "unknown key 'zzz'",
        "extra['org_id'] must be the IMS organization id",
        "extra['timeout_s'] must be a number of seconds",
        "host must be",
        "login is empty",
        "password is empty",
        "extra['technical_account_id'] is missing",
        "extra['private_key'] (PEM text)",
    ):
        assert expected in text
    assert len(problems) == 9
    assert text.count("Known keys: " + ", ".join(EXTRA_KEYS)) == 1


def test_message_names_the_connection_and_counts_its_problems() -> None:
    with pytest.raises(
        AAMConfigError, match=r"^Connection 'aam_x' has 2 problems:\n  - login is empty.*\n  - password"
    ):
        read(login="", password="", name="Connection 'aam_x'")


def test_blank_extra_values_count_as_absent() -> None:
    config = read(extra={"auth": "", "org_id": "  ", "private_key": "", "timeout_s": None})
    assert config.timeout_s == 60
    assert isinstance(config.credential, ServerToServerCredential)


@pytest.mark.parametrize(
    ("extra", "attribute", "value"),
    [
        ({"timeout_s": "2.5"}, "timeout_s", 2.5),
        ({"max_attempts": "7"}, "max_attempts", 7),
        ({"verify": "False"}, "verify", False),
        ({"verify": "true"}, "verify", True),
        ({"proxies": '{"https": "http://p:3128"}'}, "proxies", {"https": "http://p:3128"}),
        ({"proxies": {"https": "http://p:3128"}}, "proxies", {"https": "http://p:3128"}),
    ],
)
def test_text_of_a_form_field_is_read_as_its_type(extra: dict[str, Any], attribute: str, value: object) -> None:
    assert getattr(read(extra=extra), attribute) == value


def test_scopes_are_read_from_one_text_or_a_list() -> None:
    for scopes in ("a, b,c", ["a", "b", "c"]):
        credential = read(extra={"scopes": scopes}).credential
        assert isinstance(credential, ServerToServerCredential)
        assert credential.scopes == ("a", "b", "c")


@pytest.mark.parametrize(
    ("extra", "words"),
    [
        ({"auth": "basic"}, "extra['auth'] must be one of"),
        ({"environment": "sandbox"}, "extra['environment'] must be production or beta"),
        ({"scopes": ","}, "extra['scopes'] must be a list of names"),
        ({"metascopes": []}, "extra['metascopes'] must be a list of names"),
        ({"ims_url": "ims-na1.adobelogin.com"}, "extra['ims_url'] must be an http(s) address"),
        ({"ims_url": "https://user:word@ims.example"}, "extra['ims_url'] must be an http(s) address"),
        ({"dcs_url": "use.demdex.net"}, "extra['dcs_url'] must be an http(s) address"),
        ({"timeout_s": 0}, "extra['timeout_s'] must be"),
        ({"timeout_s": "inf"}, "extra['timeout_s'] must be"),
        ({"max_attempts": 0}, "extra['max_attempts'] must be"),
        ({"max_concurrency": 65}, "extra['max_concurrency'] must be"),
        ({"proxies": "proxy:3128"}, "extra['proxies'] must be a JSON object"),
        ({"verify": "/no/such/bundle.pem"}, "there is no CA bundle '/no/such/bundle.pem'"),
        ({"org_id": "A–1@AdobeOrg"}, "extra['org_id'] must be"),
        ({"org_id": ["A@AdobeOrg"]}, "extra['org_id'] must be"),
        ({"auth": "legacy_oauth", "username": "u"}, "extra['user_password'] is missing"),
        ({**JWT, "private_key_path": "/x"}, "keep one"),
        ({**JWT, "private_key": "", "private_key_path": "/no/such/key"}, "there is no file '/no/such/key'"),
        ({**JWT, "private_key": "", "private_key_path": str(Path(__file__).parent)}, "cannot be read as text"),
        ({**JWT, "private_key": "", "private_key_path": "a\0b"}, "cannot be read as text"),
    ],
)
def test_bad_value_gives_one_problem_that_says_what_is_expected(extra: dict[str, Any], words: str) -> None:
    (problem,) = problems_of(extra=extra)
    assert words in problem


def test_private_key_file_that_is_not_text_is_a_problem(tmp_path: Path) -> None:
    (tmp_path / "key.der").write_bytes(b"\xff\xfe\x00")
    (problem,) = problems_of(extra={**JWT, "private_key": "", "private_key_path": str(tmp_path / "key.der")})
    assert "cannot be read as text (UnicodeDecodeError)" in problem


@pytest.mark.parametrize("login", ["two words", "id\nx-evil: 1", "schlüssel", "id\u2013"])
def test_login_that_does_not_fit_into_a_header_is_a_problem(login: str) -> None:
    (problem,) = problems_of(login=login)
    assert "login must be the client id alone" in problem


SECRET = "hunter2-secret"


@pytest.mark.parametrize("key", EXTRA_KEYS)
@pytest.mark.parametrize("shape", [lambda s: {"deep": s}, lambda s: [s], lambda s: f"{s}\n{s}", lambda s: s])
def test_no_value_of_extra_is_repeated_in_a_message(key: str, shape: Any) -> None:
    try:
        config = read(extra={"auth": "jwt", key: shape(SECRET)})
    except AAMConfigError as error:
        text = f"{error} {error!r} {error.__cause__} {error.__context__}"
    else:
        text = repr(config)
    if key not in ("private_key_path", "verify", "username", "metascopes", "scopes"):  # paths and names may be shown
        assert SECRET not in text


def test_repr_of_a_config_shows_no_secret() -> None:
    config = read(
        extra={
            **JWT,
            "private_key_passphrase": "pass-phrase",
            "proxies": {"https": "http://u:proxy-pw@p:3128", "http": "http://p:3128"},
        }
    )
    for secret in ("client-secret", "-----BEGIN …", "pass-phrase", "proxy-pw"):
        assert secret not in repr(config)
    assert {*config.secrets()} == {"client-secret", "-----BEGIN …", "pass-phrase", "u:proxy-pw", "proxy-pw"}


@pytest.mark.parametrize(
    ("proxy", "secrets"),
    [
        ("http://p:3128", []),
        ("http://token@p:3128", ["token"]),
        ("http://u:p%40ss%2Fword@p:3128", ["u:p%40ss%2Fword", "u:p@ss/word", "p%40ss%2Fword", "p@ss/word"]),
        ("http://u:a//b:c@p:3128", ["u:a//b:c", "a//b:c"]),
        ("u:word@p:3128", ["u:word", "word"]),
        ("http://u:@p:3128", ["u:"]),
    ],
)
def test_password_of_a_proxy_is_a_secret_alone_and_decoded(proxy: str, secrets: list[str]) -> None:
    config = AAMConfig(credential=read().credential, base_url="", token_url="", proxies={"https": proxy})
    assert [*config.secrets()] == ["client-secret", *secrets]


def test_fingerprint_tells_credentials_apart_and_is_stable() -> None:
    assert read().credential.fingerprint() == read().credential.fingerprint()
    assert read().credential.fingerprint() != read(password="other-secret").credential.fingerprint()
    assert "client-secret" not in read().credential.fingerprint()


values = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=30) | st.lists(st.text(max_size=5))


@given(
    extra=st.dictionaries(st.sampled_from(EXTRA_KEYS) | st.text(max_size=10), values, max_size=6),
    login=st.none() | st.text(max_size=10),
    host=st.none() | st.text(max_size=20),
)
def test_any_connection_gives_a_config_or_a_list_of_problems(
    extra: dict[str, Any], login: str | None, host: str | None
) -> None:
    try:
        base_url = read(extra=extra, login=login, host=host).base_url
    except AAMConfigError as error:
        base_url = f"http, {len(error.problems)} problems"
    assert base_url.startswith("http")
