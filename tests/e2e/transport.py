"""What the HTTP library has to be protected from, and what a server may do to it: every exchange ends, soon, with one
line that says what failed."""
import collections
import concurrent.futures
import gzip
import json
import os
import pathlib
import signal
import socket
import ssl
import subprocess
import threading
import time
import unittest
import warnings

import lab
from odd_server import OddServer, make_certificate

OK = b"HTTP/1.1 200 OK\r\n"
CHUNKED = OK + b"Transfer-Encoding: chunked\r\n\r\n"
# Long enough for a repeat, which comes after a second.
BUDGET = ("--timeout", "3s")


def after_request(*parts, end=None):
    """A script: reads a request, sends parts of an answer, and ends in its way."""
    def script(connection):
        connection.handshake()
        connection.read_request()
        for part in parts:
            connection.send(part)
        if end:
            end(connection)
    return script


def after_hello(*parts, end):
    """A script: does not get far with the handshake."""
    def script(connection):
        connection.socket.recv(65536)
        for part in parts:
            connection.send(part)
        end(connection)
    return script


def of_length(length, body=b"[]"):
    return after_request(OK + b"Content-Length: " + length + b"\r\n\r\n" + body)


class Lonely(lab.Lab):
    """A test case without a hub."""

    def setUp(self):
        super().setUp()
        self.certificate = make_certificate(self.folder)

    def start_hub(self, *_):
        pass

    def server(self, script, certificate=None, **how):
        server = OddServer(certificate or self.certificate, script, **how)
        self.addCleanup(server.__exit__)
        return server

    def ask(self, server, *arguments, **env):
        return self.fwctl(*(arguments or ("job", "list", "-o", "json", *BUDGET)), **(server.env() | env))


def answer_late(connection):
    """To the next request that comes on the connection: it is not the one that is answered."""
    connection.read_request()
    connection.answer(b"[]")


RESET, FIN, FAREWELL = (lambda c: c.reset()), (lambda c: c.fin()), (lambda c: c.farewell())

Odd = collections.namedtuple("Odd", "script says code", defaults=(75,))
HANDSHAKE, SILENT, BROKE, NO_HTTP = "TLS handshake", "without an answer", "broke off", "is not HTTP"
WRONG_LENGTH, TOO_LARGE = "is not as long as it says", "is larger than 67108864 bytes"
# A reset also takes away what was sent before it, unless the client was quick.
WHEN_RESET = f"{SILENT}|{BROKE}"
ODDITIES = {
    "reset before TLS": Odd(RESET, "can't connect|" + HANDSHAKE),
    "end before TLS": Odd(FIN, HANDSHAKE),
    "reset in the handshake": Odd(after_hello(end=RESET), HANDSHAKE),
    "end in the handshake": Odd(after_hello(end=FIN), HANDSHAKE),
    "nonsense in the handshake": Odd(after_hello(bytes(100), end=FIN), HANDSHAKE),
    "no TLS": Odd(after_hello(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n", end=FIN), HANDSHAKE),
    "reset after the request": Odd(after_request(end=RESET), SILENT),
    "end after the request": Odd(after_request(end=FIN), SILENT),
    "farewell after the request": Odd(after_request(end=FAREWELL), SILENT),
    "reset in the status line": Odd(after_request(b"HTTP/1.1 20", end=RESET), SILENT),
    "end in the header": Odd(after_request(OK + b"Content-Le", end=FIN), SILENT),
    "reset in the header": Odd(after_request(OK + b"Content-Le", end=RESET), SILENT),
    "farewell in the header": Odd(after_request(OK + b"Content-Le", end=FAREWELL), SILENT),
    "reset in the body": Odd(after_request(OK + b"Content-Length: 9\r\n\r\n[", end=RESET), WHEN_RESET),
    "end in the body": Odd(after_request(OK + b"Content-Length: 9\r\n\r\n[", end=FIN), BROKE),
    "farewell in the body": Odd(after_request(OK + b"Content-Length: 9\r\n\r\n[", end=FAREWELL), BROKE),
    "reset in a chunk": Odd(after_request(CHUNKED + b"9\r\n[", end=RESET), WHEN_RESET),
    "end in a chunk": Odd(after_request(CHUNKED + b"9\r\n[", end=FIN), BROKE),
    "farewell between chunks": Odd(after_request(CHUNKED + b"2\r\n[]\r\n", end=FAREWELL), BROKE),
    "end without a length": Odd(after_request(OK + b"Connection: close\r\n\r\n[]", end=FIN), BROKE),
    "a chunk of no size": Odd(after_request(CHUNKED + b"xyz\r\n[]\r\n0\r\n\r\n"), BROKE),
    "a chunk of negative size": Odd(after_request(CHUNKED + b"-2\r\n[]\r\n0\r\n\r\n"), TOO_LARGE),
    "a chunk of endless size": Odd(after_request(CHUNKED + b"fffffffffffffffff\r\n[]\r\n0\r\n\r\n"), BROKE),
    "a length that is no number": Odd(of_length(b"two"), WRONG_LENGTH),
    "a length with a tail": Odd(of_length(b"2x"), WRONG_LENGTH),
    "a negative length": Odd(of_length(b"-1"), BROKE),
    "an endless length": Odd(of_length(b"99999999999999999999"), BROKE),
    "a length that is too great": Odd(of_length(b"3"), BROKE),
    "a length that is too small": Odd(of_length(b"1"), "not JSON", 1),
    "two lengths": Odd(of_length(b"2\r\nContent-Length: 3"), WRONG_LENGTH),
    "two lengths, the greater first": Odd(of_length(b"3\r\nContent-Length: 2"), BROKE),
    "a length and chunks": Odd(after_request(CHUNKED[:-2] + b"Content-Length: 9\r\n\r\n2\r\n[]\r\n0\r\n\r\n"), WRONG_LENGTH),
    "an interim answer": Odd(after_request(b"HTTP/1.1 103 Early Hints\r\n\r\n", end=answer_late),
                             "interim answer, HTTP 103"),
    "no status line": Odd(after_request(b"nonsense\r\n\r\n"), NO_HTTP),
    "no status": Odd(after_request(b"HTTP/1.1 two OK\r\n\r\n"), NO_HTTP),
    "zeros": Odd(after_request(bytes(100) + b"\r\n\r\n"), NO_HTTP),
    "a header without a colon": Odd(after_request(OK + b"nonsense\r\n\r\n"), BROKE),
    "a body without an end": Odd(after_request(CHUNKED, *[b"100000\r\n" + bytes(1 << 20) + b"\r\n"] * 65),
                                 TOO_LARGE),
    "gzip that nobody asked for": Odd(after_request(
        OK + b"Content-Encoding: gzip\r\nContent-Length: 22\r\n\r\n" + gzip.compress(b"[]", mtime=0)), "not JSON", 1),
    "HTML": Odd(of_length(b"6", b"<html>"), "not JSON", 1),
}


class Oddities(Lonely):
    def meet(self, name):
        with OddServer(self.certificate, ODDITIES[name].script) as server:
            return self.ask(server)

    def test_each_ends_with_one_line(self):
        with concurrent.futures.ThreadPoolExecutor(8) as pool:
            met = dict(zip(ODDITIES, pool.map(self.meet, ODDITIES)))
        for name, (_, says, code) in ODDITIES.items():
            with self.subTest(name):
                self.assertEqual((met[name].returncode, met[name].stdout), (code, ""), met[name].stderr)
                self.assertRegex(met[name].stderr, rf"\Afwctl: .*({says})")
                # What was tried again is told once, and with what it ended.
                self.assertRegex(met[name].stderr, r"\A(fwctl: .*, waiting 1s\n)?fwctl: .*\n(hint: .*\n)?\Z")


class Untrusted(Lonely):
    """Told at once, before anything was sent: no repeat mends it."""

    def assert_refused(self, server, why, hint="--ca-file or SSL_CERT_FILE names the roots to trust", **env):
        start = time.monotonic()
        done = self.ask(server, "job", "list", "-o", "json", **env)
        self.assertEqual((done.returncode, done.stdout, server.requests, server.connections), (75, "", [], 1))
        self.assertEqual(done.stderr, f"fwctl: the certificate of localhost:{server.port} is not trusted: {why}\n"
                                      f"hint: {hint}\n")
        self.assertLess(time.monotonic() - start, lab.PATIENCE)

    def test_who_vouches_for_himself(self):
        self.assert_refused(self.server(after_request()), "self-signed certificate", SSL_CERT_FILE=str(
            make_certificate(self.folder, "stranger")[0]))

    def test_who_has_expired(self):
        self.assert_refused(self.server(after_request(), make_certificate(self.folder, days=-1)),
                            "certificate has expired", hint="is this machine's clock right?")

    def test_who_is_somebody_else(self):
        self.assert_refused(self.server(after_request(), make_certificate(self.folder, "stranger")),
                            "it is made out for another name")

    def test_who_speaks_only_what_is_outdated(self):
        lax = self.folder / "openssl.cnf"
        lax.write_text("openssl_conf = a\n[a]\nssl_conf = b\n[b]\nsystem_default = c\n[c]\n"
                       "MinProtocol = TLSv1\nCipherString = ALL:@SECLEVEL=0\n")
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.set_ciphers("ALL:@SECLEVEL=0")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)
            context.minimum_version = context.maximum_version = ssl.TLSVersion.TLSv1_1
        server = self.server(of_length(b"2"), context=context)

        done = self.ask(server, OPENSSL_CONF=str(lax))

        self.assertEqual((done.returncode, done.stdout, server.requests), (75, "", []), done.stderr)
        self.assertIn("TLS handshake", done.stderr)


class Exchanges(Lonely):
    def test_a_redirect_is_not_followed(self):
        elsewhere = self.server(of_length(b"2"))
        for status in ("301 Moved", "302 Found", "303 See Other", "307 Temporary Redirect", "308 Permanent Redirect"):
            with self.subTest(status):
                def redirect(connection):
                    connection.handshake()
                    connection.read_request()
                    connection.answer(b"", status, f"Location: https://localhost:{elsewhere.port}/jobs/v2/query")
                done = self.ask(self.server(redirect))
                self.assertEqual((done.returncode, done.stdout), (1, ""))
                self.assertRegex(done.stderr, f"^fwctl: .*{status[:3]}.*\n(hint: .*\n)?$")
        self.assertEqual(elsewhere.connections, 0, "nor does the token get there")

    def test_an_answer_that_drips_ends_with_the_time(self):
        for what, head, drop in (("header", OK, b"X: y\r\n"), ("body", OK + b"Content-Length: 10000\r\n\r\n", b" "),
                                 ("chunks", CHUNKED, b"1\r\n \r\n")):
            with self.subTest(what):
                def drip(connection):
                    after_request(head)(connection)
                    while True:
                        connection.send(drop)
                        time.sleep(0.1)
                done = self.ask(self.server(drip), "job", "list", "-o", "json", "--timeout", "1500ms",
                                "--request-timeout", "1s")
                self.assertEqual((done.returncode, done.stdout), (75, ""))
                self.assertIn("did not answer within 1 s", done.stderr)

    def test_a_job_is_sent_once_when_the_server_hangs_up_before_it_answers(self):
        """The connection is in use already: there the library would send it again by itself."""
        stored = []

        def keep(connection):
            connection.handshake()
            while True:
                method, _, body = connection.read_request()
                if method == "GET":
                    connection.answer(json.dumps(json.loads(stored[-1]) | {"status": "queued"}).encode())
                elif not stored:
                    stored.append(body)
                    connection.answer(b"", "429 Too Many Requests", "Retry-After: 0")
                else:
                    return connection.farewell()
        server = self.server(keep)
        job = ("schedule", "--fw-version", "1", "--package-uri", "https://h/p", "--check-value", "1", "--job-id", "j")

        done = self.ask(server, *job)

        self.assertEqual(done.returncode, 0, done.stderr)
        path = "/jobs/v2/j"
        self.assertEqual(server.requests, [f"PUT {path}", f"PUT {path}", f"GET {path}"])

    def test_few_threads_are_enough(self):
        server = self.server(after_request(end=lambda connection: connection.say("waits")))
        process = self.start(lab.BIN / "fwctl", "job", "list", **server.env())
        self.assertTrue(server.reached.wait(lab.PATIENCE))

        self.assertLess(len(os.listdir(f"/proc/{process.popen.pid}/task")), 10)

    def test_a_failed_exchange_leaves_nothing_that_hangs_or_crashes_at_the_end(self):
        server = self.server(after_request(end=FAREWELL))
        with concurrent.futures.ThreadPoolExecutor(8) as pool:
            ends = list(pool.map(lambda _: self.ask(server, "job", "list", "--timeout", "500ms").returncode, range(50)))

        self.assertEqual(set(ends), {75})

    def test_nothing_is_tidied_up_at_the_end(self):
        """Handlers that run at exit would do it under the feet of the library's threads."""
        done = self.ask(self.server(after_request(end=FAREWELL)), LD_DEBUG="files")

        if "libasan" not in done.stderr:  # its check for leaks is such a handler
            self.assertEqual(("calling init" in done.stderr, "calling fini" in done.stderr), (True, False))


class Interrupts(Lonely):
    """Ctrl-C ends an exchange in whatever phase it is."""

    def interrupt(self, server, reached):
        process = self.start(lab.BIN / "fwctl", "job", "list", "-o", "json", **server.env())
        self.assertTrue(reached(process))
        start = time.monotonic()
        self.assertEqual(process.stop(signal.SIGINT), 130)
        # It takes milliseconds; what it must not take is the minute of --request-timeout.
        self.assertLess(time.monotonic() - start, lab.PATIENCE / 3)
        self.assertEqual(process.log.read_text().splitlines()[-1], "fwctl: interrupted")

    def test_while_the_server_is_silent(self):
        stay = lambda connection: connection.say("")
        for phase, script in (
                ("in the handshake", after_hello(end=stay)), ("before an answer", after_request(end=stay)),
                ("in the header", after_request(OK + b"Content-Le", end=stay)),
                ("in the body", after_request(OK + b"Content-Length: 9\r\n\r\n[", end=stay)),
                ("between chunks", after_request(CHUNKED + b"1\r\n[\r\n", end=stay))):
            with self.subTest(phase):
                server = self.server(script)
                self.interrupt(server, lambda _: server.reached.wait(lab.PATIENCE))

    def wait_until(self, condition):
        deadline = time.monotonic() + lab.PATIENCE
        while not condition():
            if time.monotonic() > deadline:
                return False
            time.sleep(0.02)
        return True

    def test_between_two_tries(self):
        server = self.server(RESET)
        self.interrupt(server, lambda process: self.wait_until(lambda: "waiting" in process.log.read_text()))

    def test_while_it_connects(self):
        server = self.server(RESET)
        full = socket.create_server(("127.0.0.1", 0), backlog=0)
        server.port = full.getsockname()[1]
        waiting = [socket.socket() for _ in range(3)]
        for each in (full, *waiting):
            self.addCleanup(each.close)
        for each in waiting:
            each.setblocking(False)
            each.connect_ex(full.getsockname())

        def is_connecting(_):
            syn_sent = [line for line in pathlib.Path("/proc/net/tcp").read_text().splitlines()
                        if f":{server.port:04X} 02" in line]
            return len(syn_sent) > 2
        self.interrupt(server, lambda process: self.wait_until(lambda: is_connecting(process)))


class Roots(lab.Lab):
    def test_are_read_once_however_many_connections(self):
        """The file is a pipe, and whoever opens it again meets another one."""
        pipe, reads = self.folder / "roots", []

        def serve():
            roots = pathlib.Path(self.hub_info["caFile"]).read_bytes()
            while True:
                with open(pipe, "wb") as reader:
                    new_pipe()
                    reads.append(1)
                    reader.write(roots)

        def new_pipe():
            os.mkfifo(f"{pipe}.next")
            os.replace(f"{pipe}.next", pipe)
        new_pipe()
        threading.Thread(target=serve, daemon=True).start()

        # Each is sent over a connection of its own.
        self.fwctl("device", "create", *"abcdefgh", code=0, SSL_CERT_FILE=str(pipe))

        self.assertEqual(len(reads), 1)


if __name__ == "__main__":
    unittest.main()
