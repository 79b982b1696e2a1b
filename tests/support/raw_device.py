"""A device that speaks MQTT 3.1.1 byte by byte over TLS or WebSocket, so that it can also misbehave.

A third reading of the protocols beside fwhub's own and the SDKs', on the standard library alone.
"""
import base64
import hashlib
import hmac
import os
import socket
import ssl
import struct
import time
import urllib.parse

import lab

TWIN_ANSWERS = "$iothub/twin/res/#"
DESIRED = "$iothub/twin/PATCH/properties/desired/#"
WEBSOCKET_PATH = "/$iothub/websocket"
CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG = 0, 1, 2, 8, 9, 10


class Ended(Exception):
    """The hub has closed the connection."""


def tls(hub_info, port):
    context = ssl.create_default_context(cafile=hub_info["caFile"])
    plain = socket.create_connection(("127.0.0.1", port), timeout=lab.PATIENCE)
    return context.wrap_socket(plain, server_hostname="localhost")


def sas_token(device, key, life_s=3600):
    resource = urllib.parse.quote(f"localhost/devices/{device}", safe="")
    expiry = int(time.time()) + life_s
    signature = hmac.digest(base64.b64decode(key), f"{resource}\n{expiry}".encode(), "sha256")
    return f"SharedAccessSignature sr={resource}&sig={urllib.parse.quote_plus(base64.b64encode(signature))}&se={expiry}"


class TlsStream:
    """The bytes of a TLS connection."""

    def __init__(self, hub_info, port):
        self.socket = tls(hub_info, port)

    def write(self, data):
        self.socket.sendall(data)

    def read(self, most=65536):
        try:
            data = self.socket.recv(most)
        except (ConnectionError, ssl.SSLEOFError):
            data = b""
        if not data:
            raise Ended
        return data

    def read_exactly(self, count):
        data = b""
        while len(data) < count:
            data += self.read(count - len(data))
        return data

    def close(self):
        self.socket.close()


def tcp(hub_info):
    """The carrier of a device on the MQTT port."""
    return TlsStream(hub_info, hub_info["mqttPort"])


class WebSocket:
    """The bytes in a WebSocket's binary frames, and the frames themselves."""

    def __init__(self, hub_info, *arguments, **more):
        self.stream = TlsStream(hub_info, hub_info["httpsPort"])
        self.close_code = None
        self.upgrade(*arguments, **more)

    def upgrade(self, path=WEBSOCKET_PATH, protocol="mqtt", early=b"", **headers):
        """Asks for an upgrade, without those headers that are None; `early` does not wait for the answer."""
        nonce = base64.b64encode(os.urandom(16)).decode()
        headers = {"Host": "localhost", "Connection": "Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Version": "13",
                   "Sec-WebSocket-Key": nonce, "Sec-WebSocket-Protocol": protocol} | headers
        lines = [f"GET {path} HTTP/1.1", *(f"{name}: {value}" for name, value in headers.items() if value), "", ""]
        self.stream.write("\r\n".join(lines).encode() + early)
        self.status, self.headers = self._read_head()
        digest = hashlib.sha1((nonce + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").encode()).digest()
        if self.status == 101 and self.headers["sec-websocket-accept"] != base64.b64encode(digest).decode():
            raise AssertionError("the answer is not one to our key")

    def _read_head(self):
        head = b""
        while not head.endswith(b"\r\n\r\n"):
            head += self.stream.read_exactly(1)
        first, *rest = head.decode().rstrip().split("\r\n")
        return int(first.split()[1]), {name.lower(): value for name, value in (line.split(": ", 1) for line in rest)}

    def send_frame(self, opcode, payload=b"", final=True):
        size = len(payload)
        length = bytes([0x80 | size]) if size < 126 else struct.pack("!BH", 0x80 | 126, size) if size < 65536 \
            else struct.pack("!BQ", 0x80 | 127, size)
        mask = os.urandom(4)
        stream = int.from_bytes((mask * (size // 4 + 1))[:size], "big")
        masked = (int.from_bytes(payload, "big") ^ stream).to_bytes(size, "big")
        self.stream.write(bytes([(0x80 if final else 0) | opcode]) + length + mask + masked)

    def next_frame(self):
        first, size = self.stream.read_exactly(2)
        if size == 126:
            size, = struct.unpack("!H", self.stream.read_exactly(2))
        elif size == 127:
            size, = struct.unpack("!Q", self.stream.read_exactly(8))
        return first & 0x0F, self.stream.read_exactly(size)

    def write(self, data):
        self.send_frame(BINARY, data)

    def read(self):
        opcode, payload = self.next_frame()
        if opcode == CLOSE:
            self.close_code, = struct.unpack("!H", payload[:2])
            raise Ended
        if opcode not in (BINARY, CONTINUATION):
            raise AssertionError(f"a frame of kind {opcode}")
        return payload

    def close(self):
        self.stream.close()


def length_of(size):
    digits = []
    while True:
        size, digit = divmod(size, 128)
        digits.append(digit | (0x80 if size else 0))
        if not size:
            return bytes(digits)


def packet(first, body):
    return bytes([first]) + length_of(len(body)) + body


def text(value):
    encoded = value.encode()
    return struct.pack("!H", len(encoded)) + encoded


def connect_packet(device, key, keep_alive=60):
    user = f"localhost/{device}/?api-version=2021-04-12"
    return packet(0x10, text("MQTT") + bytes([4, 0xC0]) + struct.pack("!H", keep_alive) + text(device) + text(user)
                  + text(sas_token(device, key)))


def subscribe_packet(packet_id, *filters):
    return packet(0x82, struct.pack("!H", packet_id) + b"".join(text(name) + b"\0" for name in filters))


def publish_packet(topic, payload=b"", packet_id=0):
    number = struct.pack("!H", packet_id) if packet_id else b""
    return packet(0x32 if packet_id else 0x30, text(topic) + number + payload)


def get_packet(request):
    return publish_packet(f"$iothub/twin/GET/?$rid={request}")


def report_packet(request, patch):
    return publish_packet(f"$iothub/twin/PATCH/properties/reported/?$rid={request}", patch)


class RawDevice:
    """MQTT packets on a carrier, which is a TlsStream or a WebSocket."""

    def __init__(self, carrier):
        self.carrier = carrier
        self.received = b""

    def send(self, *packets):
        self.carrier.write(b"".join(packets))

    def connect(self, device, key, keep_alive=60):
        """(session present, return code)"""
        self.send(connect_packet(device, key, keep_alive))
        kind, body = self.next_packet()
        if kind != 0x20:
            raise AssertionError(f"{kind:#x} for a CONNACK")
        return tuple(body)

    def subscribe(self, *filters):
        self.send(subscribe_packet(7, *filters))
        return self.next_packet()

    def next_packet(self):
        """(first byte, body); raises Ended."""
        while (cut := self._first_packet()) is None:
            self.received += self.carrier.read()
        start, end = cut
        first, body, self.received = self.received[0], self.received[start:end], self.received[end:]
        return first, body

    def _first_packet(self):
        size, shift = 0, 0
        for at, digit in enumerate(self.received[1:5], 2):
            size |= (digit & 0x7F) << shift
            shift += 7
            if digit < 0x80:
                return (at, at + size) if len(self.received) >= at + size else None
        return None

    def next_publish(self):
        """(topic, payload)"""
        first, body = self.next_packet()
        if first != 0x30:
            raise AssertionError(f"{first:#x} for a PUBLISH of QoS 0")
        size, = struct.unpack("!H", body[:2])
        return body[2:2 + size].decode(), body[2 + size:]

    def wait_for_end(self):
        """Reads on until the hub closes; how many seconds that took."""
        start = time.monotonic()
        try:
            while True:
                self.next_packet()
        except Ended:
            return time.monotonic() - start

    def close(self):
        self.carrier.close()
