"""An HTTPS server on a free loopback port that does what a script says, byte by byte, so that it can also misbehave."""
import contextlib
import socket
import ssl
import struct
import subprocess
import threading

KEY = "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="


def make_certificate(folder, name="localhost", days=1):
    """One that vouches for itself: its file and that of its key. Negative days: it has expired."""
    key, request, certificate = (folder / f"{name}{days}.{kind}" for kind in ("key", "csr", "pem"))
    openssl = lambda *arguments: subprocess.run(["openssl", *map(str, arguments)], check=True, capture_output=True)
    openssl("req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", key, "-out",
            request, "-subj", f"/CN={name}", "-addext", f"subjectAltName=DNS:{name}")
    openssl("x509", "-req", "-in", request, "-copy_extensions", "copy", "-signkey", key, "-days", days, "-out",
            certificate)
    return certificate, key


class Connection:
    """What a script does to one client."""

    def __init__(self, server, plain):
        self.server = server
        self.socket = plain

    def handshake(self):
        self.socket = self.server.context.wrap_socket(self.socket, server_side=True)

    def read_request(self):
        """(method, path, body); the server keeps all of them."""
        text = b""
        while b"\r\n\r\n" not in text:
            text += self._more()
        head, body = text.split(b"\r\n\r\n", 1)
        lines = head.decode().split("\r\n")
        length = next((int(line.split(":")[1]) for line in lines if line.lower().startswith("content-length")), 0)
        while len(body) < length:
            body += self._more()
        method, path, _ = lines[0].split(" ")
        self.server.requests.append(f"{method} {path.split('?')[0]}")
        return method, path, body

    def _more(self):
        part = self.socket.recv(65536)
        if not part:
            raise ConnectionError("the client has left")
        return part

    def send(self, data):
        self.socket.sendall(data)

    def answer(self, body, status="200 OK", *headers):
        lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", *headers, "", ""]
        self.send("\r\n".join(lines).encode() + body)

    def say(self, phase):
        """Tells the test how far the exchange has come, and stays there until the client leaves."""
        self.server.phase = phase
        self.server.reached.set()
        while self.socket.recv(65536):
            pass

    def reset(self):
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.socket.close()

    def fin(self):
        """An end of the TCP connection that TLS knows nothing of."""
        self.socket.close()

    def farewell(self):
        """An end as TLS wants it."""
        self.socket = self.socket.unwrap()


class OddServer:
    """`script(connection)` is run for each client, in a thread of its own."""

    def __init__(self, certificate, script, context=None):
        self.certificate = certificate[0]
        self.context = context or ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        self.context.load_cert_chain(*certificate)
        self.script = script
        self.requests = []
        self.connections = 0
        self.reached = threading.Event()
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self):
        with contextlib.suppress(OSError):
            while True:
                client, _ = self.listener.accept()
                self.connections += 1
                threading.Thread(target=self._treat, args=(client,), daemon=True).start()

    def _treat(self, client):
        connection = Connection(self, client)
        with contextlib.suppress(OSError, ValueError):
            self.script(connection)
        with contextlib.suppress(OSError):
            connection.socket.close()

    def env(self):
        """What brings a client here."""
        return {"IOTHUB_CONNECTION_STRING":
                f"HostName=localhost:{self.port};SharedAccessKeyName=service;SharedAccessKey={KEY}",
                "SSL_CERT_FILE": str(self.certificate)}

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
