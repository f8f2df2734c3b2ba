"""`airflow-aam connection`: each download becomes a Connection that works, or one error that names everything."""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys
import zipfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import NameOID

from airflow_provider_aam.api import AAMClient, AAMConfig
from airflow_provider_aam.emulator.console_files import write_console_files

S2S, JWT, KEY = "server-to-server-credentials.json", "jwt-credentials.json", "private.key"


@pytest.fixture
def files(emulator, tmp_path) -> Path:
    """A folder with what the Developer Console gave."""
    write_console_files(emulator.credentials, emulator.url, tmp_path / "aam")
    return tmp_path / "aam"


@pytest.fixture
def read(emulator, airflow_aam):
    """The Connection that the command makes of files, secrets included."""

    def build(*arguments: object) -> dict[str, Any]:
        host = ("--host", emulator.url, "--ims-url", emulator.url)
        done = airflow_aam("connection", *arguments, *host, "--format", "json", "--show-secrets")
        assert done.exit_code == 0, done.stderr
        return json.loads(done.stdout)

    return build


@pytest.fixture
def refuse(airflow_aam):
    """The message of a command that must fail for what it was given."""

    def run(*arguments: object) -> str:
        done = airflow_aam("connection", *arguments)
        assert done.exit_code == 2, done.stdout
        assert done.stdout == ""
        assert "Traceback" not in done.stderr
        return done.stderr

    return run


def stored_port(conn_id: str) -> int | None:
    from airflow.models.connection import Connection
    from airflow.utils.session import create_session

    with create_session() as session:
        return session.query(Connection.port).filter_by(conn_id=conn_id).scalar()


def partner_id(connection: dict[str, Any]) -> int:
    """Sign in with the Connection and ask AAM who we are."""
    extra = connection["extra"]
    config = AAMConfig.from_connection(
        login=connection["login"], password=connection["password"], host=connection["host"], extra=extra
    )
    with AAMClient.from_config(config) as client:
        return int(client.users.self()["pid"])


def write(path: Path, content: object) -> Path:
    path.write_text(content if isinstance(content, str) else json.dumps(content))
    return path


def pem_of(key: Any, passphrase: str | None = None) -> str:
    lock = serialization.BestAvailableEncryption(passphrase.encode()) if passphrase else serialization.NoEncryption()
    return key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, lock).decode()


def certificate_of(key: Any, *, days: int) -> str:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "aam")])
    end = datetime.now(UTC) + timedelta(days=days)
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    builder = builder.serial_number(1).not_valid_before(end - timedelta(days=365)).not_valid_after(end)
    return builder.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM).decode()


@pytest.fixture
def own_key(emulator) -> Any:
    return serialization.load_pem_private_key(emulator.credentials.private_key.encode(), None)


@pytest.fixture(scope="session")
def other_key() -> Any:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def test_server_to_server_download(files, read):
    connection = read(files / S2S)
    assert connection["extra"]["auth"] == "oauth_server_to_server"
    assert partner_id(connection) == 1099


def test_jwt_download_with_its_key_beside_it(files, read):
    connection = read(files / JWT)
    assert connection["extra"]["auth"] == "jwt"
    assert partner_id(connection) == 1099


def test_jwt_download_with_config_zip(files, read, own_key, tmp_path):
    with zipfile.ZipFile(tmp_path / "config.zip", "w") as archive:
        archive.writestr("config/private.key", pem_of(own_key))
        archive.writestr("config/certificate_pub.crt", certificate_of(own_key, days=100))
        archive.writestr("__MACOSX/config/._private.key", b"\0")
    download = json.loads((files / JWT).read_text())
    download["PUBLIC_KEYS_WITH_EXPIRY"] = {}
    assert partner_id(read(write(tmp_path / "aam.json", download), tmp_path / "config.zip")) == 1099


def test_of_both_kinds_the_one_that_has_not_ended_is_used(files, airflow_aam):
    done = airflow_aam("connection", files, "--json")
    document = json.loads(done.stdout)
    assert document["auth"] == "oauth_server_to_server"
    assert "private_key" not in document["connection"]["extra"]
    assert {Path(each["file"]).name for each in document["recognised"]} == {S2S, JWT, KEY}
    assert any("JWT has ended" in note and KEY in note for note in document["notes"])


@pytest.mark.parametrize("kind", ["oauth_server_to_server", "jwt"])
def test_project_file(emulator, files, read, tmp_path, kind):
    own = emulator.credentials
    common = {
        "client_id": own.client_id,
        "technical_account_email": own.technical_account_email,
        "technical_account_id": own.technical_account_id,
    }
    details = {
        "oauth_server_to_server": {"client_secrets": [own.client_secret], "scopes": [*own.scopes]},
        "jwt": {"client_secret": own.client_secret, "meta_scopes": [own.metascope]},
    }
    credentials = [
        {"id": "1", "name": "web", "integration_type": "apikey", "apikey": {"client_id": "other"}},
        {"id": "2", "name": "aam", "integration_type": kind, kind: common | details[kind]},
    ]
    workspace = {"name": "Production", "details": {"credentials": credentials}}
    project = {"project": {"name": "p", "org": {"id": "1", "ims_org_id": own.org_id}, "workspace": workspace}}
    given = [write(tmp_path / "console.json", project), *([files / KEY] if kind == "jwt" else [])]
    connection = read(*given)
    assert connection["extra"]["auth"] == kind
    assert partner_id(connection) == 1099


def test_configuration_of_public_clients(emulator, files, read, tmp_path):
    own = emulator.credentials
    by_reference = {
        "org_id": own.org_id,
        "client_id": own.client_id,
        "tech_id": own.technical_account_id,
        "secret": own.client_secret,
        "pathToKey": "aam/private.key",
    }
    assert partner_id(read(write(tmp_path / "reference.json", by_reference))) == 1099
    with_text = {name: value for name, value in by_reference.items() if name != "pathToKey"}
    with_text["private_key"] = own.private_key
    assert partner_id(read(write(tmp_path / "text.json", with_text))) == 1099
    other = {
        "client_id": own.client_id,
        "client_secret": own.client_secret,
        "tech_acct_id": own.technical_account_id,
        "org_id": own.org_id,
    }
    assert partner_id(read(write(tmp_path / "other.json", other), files / KEY)) == 1099


def test_first_of_several_secrets_is_used_and_said(files, airflow_aam, read):
    download = json.loads((files / S2S).read_text())
    download["CLIENT_SECRETS"].append("p8e-older-secret")
    write(files / S2S, download)
    assert read(files / S2S)["password"] == download["CLIENT_SECRETS"][0]
    done = airflow_aam("connection", files / S2S)
    assert "holds 2 client secrets; the first one is used" in done.stderr
    assert "p8e-" not in done.stdout + done.stderr


@pytest.mark.parametrize("form", ["env", "command"])
def test_each_format_can_be_pasted_into_a_shell(emulator, files, airflow_aam, form):
    host = ("--host", emulator.url, "--ims-url", emulator.url, "--environment", "beta")
    done = airflow_aam("connection", files / S2S, *host, "--format", form, "--show-secrets", "--conn-id", "aam_beta")
    words = shlex.split(done.stdout)
    if form == "env":
        name, _, value = words[1].partition("=")
        assert (words[0], name) == ("export", "AIRFLOW_CONN_AAM_BETA")
        connection = json.loads(value)
    else:
        assert words[:4] == ["airflow", "connections", "add", "aam_beta"]
        options = dict(zip(words[4::2], words[5::2], strict=True))
        connection = {name.removeprefix("--conn-"): value for name, value in options.items()}
        connection["extra"] = json.loads(connection["extra"])
        assert connection.pop("port") == "443"
    assert connection["extra"]["environment"] == "beta"
    assert partner_id(connection) == 1099


@pytest.mark.parametrize("options", [(), ("--format", "command"), ("--format", "json"), ("--json",)])
@pytest.mark.parametrize("name", [S2S, JWT])
def test_secrets_are_hidden_unless_asked_for(emulator, files, airflow_aam, name, options):
    done = airflow_aam("connection", files / name, *options)
    assert done.exit_code == 0
    shown = done.stdout + done.stderr
    assert emulator.credentials.client_secret not in shown
    assert emulator.credentials.private_key.splitlines()[1] not in shown
    assert "***" in done.stdout
    assert "--show-secrets" in done.stderr


def test_jwt_is_told_to_be_dead_with_the_way_out(files, airflow_aam):
    assert "set extra['auth'] to 'oauth_server_to_server'" in airflow_aam("connection", files / JWT).stderr


def test_everything_missing_is_told_at_once(tmp_path, refuse):
    message = refuse(
        write(tmp_path / "a.json", {"API_KEY": "0123", "ORG_ID": "no organization"}),
        write(tmp_path / "b.json", {"some": "thing"}),
        write(tmp_path / "c.json", "{"),
        tmp_path / "nowhere.json",
    )
    for problem in (
        "b.json: not a credential file that is known (its keys: some)",
        "c.json: neither PEM text nor JSON",
        "nowhere.json: cannot be read (No such file or directory)",
        "the client secret is missing",
        "the technical account's id is missing",
        "the private key is missing",
        "extra['org_id'] must be",
    ):
        assert problem in message
    assert message.count("private key is missing") == 1
    assert "extra['private_key']" not in message


def test_files_of_two_credentials_are_not_mixed(files, tmp_path, refuse):
    other = json.loads((files / S2S).read_text()) | {"CLIENT_SECRETS": ["p8e-another-secret"]}
    message = refuse(files / S2S, write(tmp_path / "other.json", other))
    assert re.search(r"password is not the same in \S+, \S+other\.json: give the files of one", message)
    assert "p8e-" not in message


def test_project_without_a_fitting_credential(tmp_path, refuse):
    project = {"project": {"workspace": {"name": "Stage", "details": {"credentials": []}}}}
    assert "workspace 'Stage' holds no OAuth server-to-server" in refuse(write(tmp_path / "p.json", project))


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"\xff\xfe\x00", "neither JSON, PEM text nor a zip file"),
        (b"-----BEGIN PRIVATE KEY-----\nMIIE", "a PEM block without its end"),
        (
            b"-----BEGIN PUBLIC KEY-----\nMIIE\n-----END PUBLIC KEY-----",
            "a public key; what signs is the file private.key",
        ),
        (b"-----BEGIN PRIVATE KEY-----\nMIIE\n-----END PRIVATE KEY-----", "cannot be read: the text is cut or changed"),
        (b"[1]", "a JSON list is not a credential"),
        (b'{"CLIENT_ID": 7, "SCOPES": []}', "client_id must be text"),
        (b" " * 1_000_001, "more than 1,000,000 bytes"),
        (b"[" * 100_000, "neither PEM text nor JSON (a number too long, or lists without end)"),
        (b"1" * 5_000, "neither PEM text nor JSON (a number too long, or lists without end)"),
    ],
    ids=["binary", "cut", "public key", "no key", "list", "number", "large", "deep", "long number"],
)
def test_useless_files_are_told_why(files, tmp_path, refuse, content, problem):
    (tmp_path / "given").write_bytes(content)
    assert problem in refuse(files / JWT, tmp_path / "given")


@pytest.mark.parametrize("method", [zipfile.ZIP_DEFLATED, zipfile.ZIP_LZMA, zipfile.ZIP_BZIP2])
def test_broken_zip_is_told(files, tmp_path, refuse, method):
    with zipfile.ZipFile(tmp_path / "config.zip", "w", method) as archive:
        archive.write(files / KEY, KEY)
    content = bytearray((tmp_path / "config.zip").read_bytes())
    content[60:100] = b"\xff" * 40  # packed bytes of the key
    (tmp_path / "config.zip").write_bytes(content)
    assert re.search(r"config\.zip: (the zip file )?cannot be read", refuse(files / JWT, tmp_path / "config.zip"))


def test_zip_bomb_is_not_unpacked(files, tmp_path, refuse):
    with zipfile.ZipFile(tmp_path / "config.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(KEY, b"0" * 50_000_000)
    assert "more than 1,000,000 bytes" in refuse(files / JWT, tmp_path / "config.zip")


def test_device_without_an_end_is_no_file(files, refuse):
    assert "/dev/zero: more than 1,000,000 bytes" in refuse(files / JWT, "/dev/zero")


@pytest.mark.parametrize("name", ["~nobody-here/private.key", "a\0b", "k" * 5_000, "/dev/zero"])
def test_key_path_that_leads_nowhere_is_told(tmp_path, refuse, name):
    of_a_client = {"client_id": "a", "secret": "p8e-x", "org_id": "1@AdobeOrg", "tech_id": "t@techacct.adobe.com"}
    message = refuse(write(tmp_path / "aam.json", of_a_client | {"pathToKey": name}))
    assert re.search("the private key cannot be read|more than 1,000,000 bytes", message)
    assert "p8e-x" not in message


def test_encrypted_key_needs_its_passphrase(files, tmp_path, own_key, read, refuse):
    write(files / KEY, pem_of(own_key, "words"))
    assert "private.key is encrypted: give one more file" in refuse(files / JWT)
    passphrase = write(tmp_path / "passphrase.json", {"private_key_passphrase": "words"})
    assert partner_id(read(files / JWT, files / KEY, passphrase)) == 1099
    write(passphrase, {"private_key_passphrase": "other"})
    assert "private_key_passphrase'] is wrong" in refuse(files / JWT, files / KEY, passphrase)


def test_key_and_certificate_belong_together(files, tmp_path, other_key, refuse):
    certificate = write(tmp_path / "certificate_pub.crt", certificate_of(other_key, days=100))
    message = refuse(files / JWT, files / KEY, certificate)
    assert re.search(r"private\.key is not the key of \S+certificate_pub\.crt", message)


def test_expired_certificate_is_told_with_the_way_out(files, tmp_path, own_key, refuse):
    message = refuse(files / JWT, files / KEY, write(tmp_path / "c.crt", certificate_of(own_key, days=-1)))
    assert "c.crt expired on" in message
    assert "OAuth server-to-server" in message


def test_expiry_in_the_download_counts_too(files, refuse):
    download = json.loads((files / JWT).read_text())
    download["PUBLIC_KEYS_WITH_EXPIRY"] = {"aa": "01/31/2024", "bb": "06/30/2025"}
    write(files / JWT, download)
    assert "its last certificate expired on 2025-06-30" in refuse(files / JWT)


def test_certificate_that_the_download_does_not_list_is_a_note(files, tmp_path, own_key, airflow_aam):
    certificate = write(tmp_path / "c.crt", certificate_of(own_key, days=100))
    done = airflow_aam("connection", files / JWT, files / KEY, certificate)
    assert done.exit_code == 0
    assert "is it of another credential?" in done.stderr


def test_key_of_another_kind(files, refuse):
    write(files / KEY, pem_of(ec.generate_private_key(ec.SECP256R1())))
    assert "private.key" in (message := refuse(files / JWT))
    assert "is not an RSA key" in message


def test_conn_id_that_is_no_variable_name(files, refuse):
    assert "--conn-id 'aam.prod' fits no variable's name" in refuse(files / S2S, "--conn-id", "aam.prod")


def test_overwrite_without_add(files, refuse):
    assert "--overwrite goes with --add only" in refuse(files / S2S, "--overwrite")


@pytest.mark.slow
def test_added_connection_is_found_by_the_doctor(emulator, files, airflow_aam, airflow_db):
    host = ("--host", emulator.url, "--ims-url", emulator.url, "--conn-id", "aam_added")
    added = airflow_aam("connection", files / S2S, *host, "--add")
    assert added.exit_code == 0, added.stderr
    again = airflow_aam("connection", files / S2S, *host, "--add", "--json")
    assert again.exit_code == 2
    assert "add --overwrite" in json.loads(again.stdout)["error"]["problems"][0]
    assert airflow_aam("connection", files / JWT, *host, "--add", "--overwrite").exit_code == 0
    assert stored_port("aam_added") == 443
    # In a process of its own, as Airflow was: each has the key of airflow.cfg with which secrets are encrypted.
    command = [Path(sys.executable).with_name("airflow-aam"), "doctor", "--conn-id", "aam_added", "--json"]
    environment = {name: value for name, value in os.environ.items() if name != "_AIRFLOW_PROCESS_CONTEXT"}
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
    assert done.returncode == 0, done.stdout
    assert {step["step"]: step["text"] for step in json.loads(done.stdout)["steps"]}["Fields"].startswith("jwt")


def test_nothing_of_the_current_folder_runs(emulator, files, airflow_aam, airflow_db, tmp_path, monkeypatch):
    hostile = tmp_path / "hostile"
    (hostile / "airflow").mkdir(parents=True)
    for name in ("airflow/__init__.py", "airflow/__main__.py", "json.py"):
        (hostile / name).write_text("from pathlib import Path\nPath('taken').touch()\n")
    monkeypatch.chdir(hostile)
    added = airflow_aam("connection", files / S2S, "--host", emulator.url, "--conn-id", "aam_hostile", "--add")
    assert added.exit_code == 0, added.stderr
    assert not (hostile / "taken").exists()


def test_credentials_are_not_written_through_a_link(emulator, tmp_path):
    mine, folder = tmp_path / "mine", tmp_path / "shared"
    mine.write_text("mine")
    folder.mkdir()
    for name in (S2S, "private.key"):
        (folder / name).symlink_to(mine)
    written = write_console_files(emulator.credentials, emulator.url, folder)
    assert mine.read_text() == "mine"
    assert [(path.is_symlink(), path.stat().st_mode & 0o777) for path in written] == [(False, 0o600)] * len(written)
    assert write_console_files(emulator.credentials, emulator.url, folder) == written
