"""What the wire can do to one exchange: each kind of trouble is one outcome, and none shows a secret."""

from __future__ import annotations

import gzip
import socket
import ssl
import struct
import threading
import traceback
import tracemalloc
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID

from airflow_provider_aam.api.errors import AAMBadAnswer, AAMConfigError, AAMError, AAMNoAnswer, AAMUntrusted, Fate
from airflow_provider_aam.api.transport import LARGEST_ANSWER_BYTES, Request, RequestsTransport
from api.support import RawServer, http_answer, pem_of

TOKEN = "Bearer sec-ret-token"


@pytest.fixture(autouse=True)
def _no_proxies_of_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)


def request_to(url: str, method: str = "GET", body: bytes | None = None, **params: Any) -> Request:
    headers = {"Authorization": TOKEN, "User-Agent": "aam-test"}
    return Request(method=method, url=f"{url}/v1/x", path="/v1/x", headers=headers, params=params, body=body)


@pytest.fixture
def transport() -> Iterator[RequestsTransport]:
    transport = RequestsTransport(timeout_s=10, longest_s=30, pool_size=2)
    yield transport
    transport.close()


@pytest.fixture
def hasty() -> Iterator[RequestsTransport]:
    """For what never comes; a busy machine may take longer for what does."""
    transport = RequestsTransport(timeout_s=0.3, longest_s=30, pool_size=1)
    yield transport
    transport.close()


def failure(transport: RequestsTransport, request: Request) -> Any:
    with pytest.raises(AAMError) as caught:
        transport.send(request)
    error = caught.value
    assert error.message.startswith(str(request)) or isinstance(error, AAMConfigError)
    assert_no_secret(error)
    return error


def assert_no_secret(error: BaseException | None) -> None:
    """In no message, attribute or traceback of the whole chain."""
    assert "sec-ret" not in "".join(traceback.format_exception(error))  # type: ignore[arg-type]
    while error is not None:
        assert "sec-ret" not in f"{error!r} {vars(error)}"
        for attribute in ("request", "response"):
            assert getattr(error, attribute, None) is None
        error = error.__cause__ or error.__context__


def test_request_arrives_as_it_was_built(transport: RequestsTransport, raw_server: RawServer) -> None:
    raw_server.answers = [http_answer(b'{"sid": 1}', 201, "X-Request-Id: r1")]
    answer = transport.send(request_to(raw_server.url, "POST", b'{"a": 1}', ids=["1", "2"], name="a b"))
    assert (answer.status, answer.body, answer.headers["x-request-id"]) == (201, b'{"sid": 1}', "r1")
    head, _, body = raw_server.requests[0].partition(b"\r\n\r\n")
    assert head.startswith(b"POST /v1/x?ids=1&ids=2&name=a+b HTTP/1.1\r\n")
    assert b"Authorization: Bearer sec-ret-token\r\n" in head
    assert body == b'{"a": 1}'


def test_repr_of_request_and_answer_shows_no_secret(transport: RequestsTransport, raw_server: RawServer) -> None:
    raw_server.answers = [http_answer(b"sec-ret")]
    request = request_to(raw_server.url, "POST", b"sec-ret")
    assert "sec-ret" not in f"{request!r} {transport.send(request)!r}"


def test_no_answer_in_time_may_still_be_running(hasty: RequestsTransport, raw_server: RawServer) -> None:
    raw_server.answers = [lambda connection: connection.recv(1)]
    error = failure(hasty, request_to(raw_server.url))
    assert (type(error), error.fate) == (AAMNoAnswer, Fate.RUNNING)
    assert "within 0.3 s (extra['timeout_s'])" in error.message


def test_body_that_stops_coming_is_a_timeout(hasty: RequestsTransport, raw_server: RawServer) -> None:
    def start_only(connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n123")
        connection.recv(1)

    raw_server.answers = [start_only]
    error = failure(hasty, request_to(raw_server.url))
    assert (type(error), error.fate) == (AAMNoAnswer, Fate.RUNNING)


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n123",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n123",
        b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 3\r\n\r\n123",
    ],
    ids=["length", "chunked", "gzip"],
)
def test_half_a_body_is_a_bad_answer(transport: RequestsTransport, raw_server: RawServer, answer: bytes) -> None:
    raw_server.answers = [answer]
    error = failure(transport, request_to(raw_server.url))
    assert (type(error), error.fate, error.retryable) == (AAMBadAnswer, Fate.UNKNOWN, True)


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{}",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-2\r\n{}\r\n0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n",
    ],
    ids=["two lengths", "negative chunk", "no chunk"],
)
def test_broken_answer_to_a_request_that_was_sent_leaves_the_fate_unknown(
    transport: RequestsTransport, raw_server: RawServer, answer: bytes
) -> None:
    raw_server.answers = [answer]
    error = failure(transport, request_to(raw_server.url, "POST", b"{}"))
    assert (type(error), error.fate, error.retryable) == (AAMBadAnswer, Fate.UNKNOWN, True)


@pytest.mark.parametrize("chunked", [False, True], ids=["length", "chunked"])
def test_body_that_drips_in_for_ever_is_given_up(raw_server: RawServer, chunked: bool) -> None:
    def drip(connection: socket.socket) -> None:
        framing = b"Transfer-Encoding: chunked" if chunked else b"Content-Length: 1000000"
        connection.sendall(b"HTTP/1.1 200 OK\r\n" + framing + b"\r\n\r\n")
        with suppress(OSError):  # until the client has had enough
            while True:
                connection.sendall(b"1\r\n \r\n" if chunked else b" ")
                threading.Event().wait(0.02)

    raw_server.answers = [drip]
    error = failure(RequestsTransport(timeout_s=10, longest_s=0.2, pool_size=1), request_to(raw_server.url))
    assert (type(error), error.fate) == (AAMNoAnswer, Fate.RUNNING)
    assert "too slowly to be whole within 0.2 s (extra['max_attempts'] × extra['timeout_s'])" in error.message


@pytest.mark.parametrize("packed", [False, True], ids=["plain", "gzip"])
def test_body_without_end_does_not_take_all_memory(raw_server: RawServer, packed: bool) -> None:
    body = gzip.compress(b" " * 1_000_000) if packed else b" " * 1_000_000
    raw_server.answers = [http_answer(body, headers=f"Content-Encoding: {'gzip' if packed else 'identity'}")]
    small = RequestsTransport(timeout_s=10, longest_s=30, pool_size=1, largest_bytes=999_999)
    error = failure(small, request_to(raw_server.url))
    assert (type(error), error.fate) == (AAMBadAnswer, Fate.UNKNOWN)
    assert "the response is longer than 999999 bytes" in error.message


def test_compressed_body_does_not_take_more_memory_than_it_may(raw_server: RawServer) -> None:
    packed = gzip.compress(b" " * 300_000_000, compresslevel=1)
    raw_server.answers = [http_answer(packed, headers="Content-Encoding: gzip")]
    small = RequestsTransport(timeout_s=10, longest_s=30, pool_size=1, largest_bytes=1_000_000)
    tracemalloc.start()
    try:
        error = failure(small, request_to(raw_server.url))
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert "longer than 1000000 bytes" in error.message
    assert peak < 20_000_000


@pytest.mark.parametrize("codings", ["gzip, gzip", "gzip,gzip,gzip", "deflate, gzip", "gzip\r\nContent-Encoding: gzip"])
def test_body_that_is_compressed_more_than_once_is_refused(
    transport: RequestsTransport, raw_server: RawServer, codings: str
) -> None:
    raw_server.answers = [http_answer(gzip.compress(gzip.compress(b"{}")), headers=f"Content-Encoding: {codings}")]
    error = failure(transport, request_to(raw_server.url))
    assert (type(error), error.fate) == (AAMBadAnswer, Fate.UNKNOWN)
    assert "is compressed more than once, which AAM does not do" in error.message


def test_the_longest_list_of_a_very_large_account_is_not_too_long() -> None:
    assert 100_000 * 1_900 < LARGEST_ANSWER_BYTES <= 256 * 1024 * 1024


def test_answer_after_an_announcement_is_not_taken_for_that_of_the_next_request(
    transport: RequestsTransport, raw_server: RawServer
) -> None:
    def late(connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 103 Early Hints\r\n\r\n")
        gone = connection.recv(65536)  # nothing, once the client has hung up; else its next request
        with suppress(OSError):
            connection.sendall(http_answer(b'"of the first request"' if gone else b'""'))

    raw_server.answers = [late, http_answer(b'"of the second request"')]
    assert transport.send(request_to(raw_server.url)).status == 103
    assert transport.send(request_to(raw_server.url)).body == b'"of the second request"'


@pytest.mark.parametrize("answer", [None, b"nonsense\r\n\r\n", b"HTTP/1.1 "], ids=["closed", "no http", "half a line"])
def test_connection_that_breaks_leaves_the_fate_unknown(
    transport: RequestsTransport, raw_server: RawServer, answer: bytes | None
) -> None:
    raw_server.answers = [answer]
    error = failure(transport, request_to(raw_server.url))
    assert (type(error), error.fate) == (AAMNoAnswer, Fate.UNKNOWN)
    assert "broke before a response came" in error.message


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port


def test_refused_connection_did_surely_nothing(transport: RequestsTransport) -> None:
    error = failure(transport, request_to(f"http://127.0.0.1:{_free_port()}"))
    assert (type(error), error.fate) == (AAMNoAnswer, Fate.NOT_DONE)
    assert "(ConnectionRefusedError: Connection refused)" in error.message
    assert "Check host, port and proxies" in error.message


def test_unknown_host_did_surely_nothing(transport: RequestsTransport) -> None:
    error = failure(transport, request_to("http://no-such-host.invalid"))
    assert (type(error), error.fate) == (AAMNoAnswer, Fate.NOT_DONE)


def test_connection_that_is_not_accepted_in_time_did_surely_nothing(hasty: RequestsTransport) -> None:
    with socket.create_server(("127.0.0.1", 0), backlog=0) as full:
        waiting = [socket.socket() for _ in range(4)]
        for each in waiting:
            each.setblocking(False)
            each.connect_ex(full.getsockname())
        error = failure(hasty, request_to(f"http://127.0.0.1:{full.getsockname()[1]}"))
        for each in waiting:
            each.close()
    assert (type(error), error.fate) == (AAMNoAnswer, Fate.NOT_DONE)


def test_redirect_is_not_followed(transport: RequestsTransport, raw_server: RawServer) -> None:
    raw_server.answers = [http_answer(b"", 302, f"Location: {raw_server.url}/elsewhere")]
    assert transport.send(request_to(raw_server.url)).status == 302
    assert len(raw_server.requests) == 1


@pytest.mark.parametrize("status", [301, 302, 307, 308])
@pytest.mark.parametrize("location", ["{url}/v1/x/", "/v1/x/?page=1", "x/"])
def test_redirect_to_the_same_address_with_a_slash_is_followed_as_it_was_sent(
    transport: RequestsTransport, raw_server: RawServer, status: int, location: str
) -> None:
    raw_server.answers = [
        http_answer(b"", status, f"Location: {location.format(url=raw_server.url)}"),
        http_answer(b"{}", 201),
    ]
    assert transport.send(request_to(raw_server.url, "POST", b"{}", page=1)).status == 201
    assert raw_server.requests[1].startswith(b"POST /v1/x/?page=1 HTTP/1.1")
    assert raw_server.requests[1].endswith(b"\r\n\r\n{}")
    assert TOKEN.encode() in raw_server.requests[1]


@pytest.mark.parametrize("location", ["http://127.0.0.1:1/v1/x/", "https://{host}/v1/x/", "", "/v1/x", "http://[::1"])
def test_token_follows_no_other_redirect(transport: RequestsTransport, raw_server: RawServer, location: str) -> None:
    raw_server.answers = [http_answer(b"", 308, f"Location: {location.format(host=raw_server.url[7:])}")]
    assert transport.send(request_to(raw_server.url)).status == 308
    assert len(raw_server.requests) == 1


def test_redirect_that_goes_round_is_followed_once(transport: RequestsTransport, raw_server: RawServer) -> None:
    raw_server.answers = [http_answer(b"", 308, "Location: /v1/x/"), http_answer(b"", 308, "Location: /v1/x")]
    assert transport.send(request_to(raw_server.url)).status == 308
    assert len(raw_server.requests) == 2


def test_netrc_does_not_replace_the_token(
    transport: RequestsTransport, raw_server: RawServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / ".netrc").write_text("machine 127.0.0.1 login a password b\n")
    monkeypatch.setenv("NETRC", str(tmp_path / ".netrc"))
    raw_server.answers = [http_answer(b"{}")]
    transport.send(request_to(raw_server.url))
    assert b"Authorization: Bearer sec-ret-token\r\n" in raw_server.requests[0]


# --- proxies ----------------------------------------------------------------------------------------------------------


def test_proxy_of_the_environment_is_used(
    transport: RequestsTransport, raw_server: RawServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("http_proxy", raw_server.url)
    raw_server.answers = [http_answer(b"{}")]
    transport.send(request_to("http://aam.example"))
    assert raw_server.requests[0].startswith(b"GET http://aam.example/v1/x HTTP/1.1")


def test_proxy_of_the_connection_wins_over_the_environment(
    raw_server: RawServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("http_proxy", f"http://127.0.0.1:{_free_port()}")
    transport = RequestsTransport(timeout_s=10, longest_s=30, pool_size=1, proxies={"http": raw_server.url})
    raw_server.answers = [http_answer(b"{}")]
    assert transport.send(request_to("http://aam.example")).status == 200


def test_proxy_that_cannot_be_reached_did_surely_nothing() -> None:
    proxy = f"http://user:sec-ret-proxy@127.0.0.1:{_free_port()}"
    transport = RequestsTransport(timeout_s=10, longest_s=30, pool_size=1, proxies={"http": proxy, "https": proxy})
    for url in ("http://aam.example", "https://aam.example"):
        error = failure(transport, request_to(url))
        assert (type(error), error.fate) == (AAMNoAnswer, Fate.NOT_DONE)


@pytest.mark.parametrize("reset", [False, True], ids=["closed", "reset"])
def test_proxy_that_breaks_off_after_the_request_leaves_the_fate_unknown(raw_server: RawServer, reset: bool) -> None:
    raw_server.answers = [_reset if reset else None]
    transport = RequestsTransport(timeout_s=10, longest_s=30, pool_size=1, proxies={"http": raw_server.url})
    error = failure(transport, request_to("http://aam.example", "POST", b"{}"))
    assert (type(error), error.fate) == (AAMNoAnswer, Fate.UNKNOWN)
    assert raw_server.requests[0].endswith(b"{}")


def test_tunnel_that_breaks_off_after_the_request_leaves_the_fate_unknown(
    raw_server: RawServer, tmp_path: Path, rsa_key: rsa.RSAPrivateKey
) -> None:
    (tmp_path / "certificate.pem").write_bytes(_certificate(rsa_key))
    (tmp_path / "key.pem").write_text(pem_of(rsa_key))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tmp_path / "certificate.pem", tmp_path / "key.pem")
    arrived = []

    def tunnel(connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
        with context.wrap_socket(connection, server_side=True) as tls:
            arrived.append(tls.recv(65536))

    raw_server.answers = [tunnel]
    transport = RequestsTransport(
        timeout_s=10,
        longest_s=30,
        pool_size=1,
        verify=str(tmp_path / "certificate.pem"),
        proxies={"https": raw_server.url},
    )
    error = failure(transport, request_to("https://localhost", "POST", b"{}"))
    assert (type(error), error.fate) == (AAMNoAnswer, Fate.UNKNOWN)
    assert arrived[0].startswith(b"POST /v1/x HTTP/1.1")


def _reset(connection: socket.socket) -> None:
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


def test_proxy_that_wants_a_password_did_surely_nothing(raw_server: RawServer) -> None:
    transport = RequestsTransport(timeout_s=10, longest_s=30, pool_size=1, proxies={"https": raw_server.url})
    raw_server.answers = [http_answer(b"", 407)]
    error = failure(transport, request_to("https://aam.example"))
    assert (type(error), error.fate) == (AAMNoAnswer, Fate.NOT_DONE)
    assert raw_server.requests[0].startswith(b"CONNECT aam.example:443")
    assert b"sec-ret" not in raw_server.requests[0]


# --- TLS --------------------------------------------------------------------------------------------------------------


def _certificate(key: rsa.RSAPrivateKey) -> bytes:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    builder = builder.serial_number(1).not_valid_before(now - timedelta(1)).not_valid_after(now + timedelta(1))
    builder = builder.add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
    builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
    return builder.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)


class TlsServer:
    """Says yes to everything, with a certificate that it signed itself."""

    def __init__(self, folder: Path, key: rsa.RSAPrivateKey) -> None:
        self.bundle = folder / "bundle.pem"
        self.bundle.write_bytes(_certificate(key))
        (folder / "key.pem").write_text(pem_of(key))
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.bundle, folder / "key.pem")
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._tls = context.wrap_socket(self._listener, server_side=True)
        self.url = f"https://localhost:{self._tls.getsockname()[1]}"
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._tls.accept()
            except ssl.SSLError:  # a client that does not trust us
                continue
            except OSError:
                return
            with connection:
                connection.recv(65536)
                connection.sendall(http_answer(b"{}"))

    def close(self) -> None:
        self._tls.shutdown(socket.SHUT_RDWR)
        self._tls.close()


@pytest.fixture
def tls_server(tmp_path: Path, rsa_key: rsa.RSAPrivateKey) -> Iterator[TlsServer]:
    server = TlsServer(tmp_path, rsa_key)
    yield server
    server.close()


def tls_transport(verify: bool | str) -> RequestsTransport:
    return RequestsTransport(timeout_s=10, longest_s=30, pool_size=1, verify=verify)


def test_unknown_certificate_is_untrusted_and_final(tls_server: TlsServer) -> None:
    error = failure(tls_transport(True), request_to(tls_server.url))
    assert (type(error), error.retryable) == (AAMUntrusted, False)
    assert "extra['verify']" in error.message


def test_bundle_of_the_connection_is_trusted(tls_server: TlsServer) -> None:
    assert tls_transport(str(tls_server.bundle)).send(request_to(tls_server.url)).status == 200


def test_bundle_of_the_environment_is_trusted(tls_server: TlsServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(tls_server.bundle))
    assert tls_transport(True).send(request_to(tls_server.url)).status == 200


@pytest.mark.filterwarnings("ignore:Unverified HTTPS request")
def test_verify_false_holds_whatever_the_environment_says(
    tls_server: TlsServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", "/no/such/bundle.pem")
    assert tls_transport(False).send(request_to(tls_server.url)).status == 200


def test_missing_bundle_is_a_problem_of_the_connection(tls_server: TlsServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", "/no/such/bundle.pem")
    error = failure(tls_transport(True), request_to(tls_server.url))
    assert isinstance(error, AAMConfigError)
    assert "CA bundle" in error.message


def test_bundle_that_holds_no_certificate_is_said_to(tls_server: TlsServer, tmp_path: Path) -> None:
    (tmp_path / "empty.pem").write_text("nothing")
    error = failure(tls_transport(str(tmp_path / "empty.pem")), request_to(tls_server.url))
    assert "SSLError: NO_CERTIFICATE_OR_CRL_FOUND" in error.message or isinstance(error, AAMConfigError)


def test_plain_http_server_behind_https_is_no_certificate_problem() -> None:
    def refuse(listener: socket.socket) -> None:
        with listener.accept()[0] as connection:
            connection.recv(1)
            connection.sendall(b"HTTP/1.1 400 X\r\n\r\n")
            connection.shutdown(socket.SHUT_WR)
            while connection.recv(65536):
                pass

    with socket.create_server(("127.0.0.1", 0)) as listener, ThreadPoolExecutor() as server:
        server.submit(refuse, listener)
        error = failure(tls_transport(True), request_to(f"https://localhost:{listener.getsockname()[1]}"))
    assert isinstance(error, AAMNoAnswer)
    assert "WRONG_VERSION_NUMBER" in error.message


# --- what cannot be sent ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("url", ["http://[::1", "http://a..b", "http://" + "a" * 300])
def test_unusable_address_is_a_problem_of_the_connection(transport: RequestsTransport, url: str) -> None:
    assert isinstance(failure(transport, request_to(url)), AAMConfigError)


def test_unusable_proxy_is_a_problem_of_the_connection() -> None:
    transport = RequestsTransport(timeout_s=10, longest_s=30, pool_size=1, proxies={"http": "http://"})
    assert isinstance(failure(transport, request_to("http://aam.example")), AAMConfigError)


def test_header_that_no_wire_can_carry_is_a_problem_of_the_connection(transport: RequestsTransport) -> None:
    request = Request(method="GET", url="http://127.0.0.1:9/x", path="/v1/x", headers={"x-api-key": "–"})
    assert isinstance(failure(transport, request), AAMConfigError)
