"""What the hub does with clients that are silent, slow, greedy or talking nonsense: they end, and nobody else notices."""
import contextlib
import os
import socket
import ssl
import stat
import threading
import time
import unittest

import lab
import raw_device as raw
from service import Service

HEAD = b"GET /devices?api-version=2021-04-12 HTTP/1.1\r\nHost: localhost\r\n"
# How long the hub waits for a first packet or for the rest of a request, then for a farewell, and some to spare.
LONGEST_WAIT = 30 + 5 + 10


class Bounds(lab.Lab):
    def setUp(self):
        super().setUp()
        self.key = self.new_device("a")

    def new_device(self, name):
        """Its key."""
        self.fwctl("device", "create", name, code=0)
        return self.fwctl("device", "connection-string", name, code=0).stdout.strip().split("SharedAccessKey=")[1]

    def plain(self, port):
        connection = socket.create_connection(("127.0.0.1", self.hub_info[port]), timeout=lab.PATIENCE)
        self.addCleanup(connection.close)
        return connection

    def https(self):
        connection = raw.tls(self.hub_info, self.hub_info["httpsPort"])
        self.addCleanup(connection.close)
        return connection

    def devices(self):
        """One of either kind."""
        for kind in raw.tcp, raw.WebSocket:
            carrier = kind(self.hub_info)
            self.addCleanup(carrier.close)
            yield type(carrier).__name__, raw.RawDevice(carrier)

    def read_to_end(self, connection):
        answer = b""
        with contextlib.suppress(ConnectionError, ssl.SSLError):
            while part := connection.recv(65536):
                answer += part
        return answer

    def status_of(self, request):
        """The status of the hub's one answer, which names its error, and after which it has to hang up."""
        connection = self.https()
        with contextlib.suppress(ConnectionError, ssl.SSLError):
            connection.sendall(request)  # the hub may hang up before it has read everything
        answer = self.read_to_end(connection)
        self.assertIn(b'{"Message":"ErrorCode:', answer)
        return int(answer.split(b" ", 2)[1])

    def assert_serves(self):
        """A request and a device are answered, and soon."""
        start = time.monotonic()
        self.fwctl("job", "list", code=0)
        device = raw.RawDevice(raw.tcp(self.hub_info))
        self.assertEqual(device.connect("a", self.key)[1], 0)
        device.close()
        self.assertLess(time.monotonic() - start, lab.PATIENCE / 3)

    def test_who_says_too_little_is_cut_off_and_delays_nobody(self):
        silent = {"TCP to the MQTT port": self.plain("mqttPort"), "TCP to the HTTPS port": self.plain("httpsPort"),
                  "TLS without CONNECT": raw.tls(self.hub_info, self.hub_info["mqttPort"]),
                  "half a CONNECT": raw.tls(self.hub_info, self.hub_info["mqttPort"]),
                  "WebSocket without CONNECT": raw.WebSocket(self.hub_info).stream.socket,
                  "half a request": self.https(), "a header that drips": self.https()}
        silent["half a CONNECT"].sendall(raw.connect_packet("a", self.key)[:30])
        silent["half a request"].sendall(HEAD)
        dripping = threading.Event()
        self.addCleanup(dripping.set)
        threading.Thread(target=self.drip, args=(silent["a header that drips"], dripping), daemon=True).start()
        for connection in silent.values():
            self.addCleanup(connection.close)

        self.assert_serves()
        deadline = time.monotonic() + LONGEST_WAIT
        for name, connection in silent.items():
            with self.subTest(name):
                connection.settimeout(max(deadline - time.monotonic(), 0.1))
                self.read_to_end(connection)

    def test_who_leaves_before_tls_leaves_nothing_behind(self):
        folder = f"/proc/{self.hub.popen.pid}/fd"
        before = len(os.listdir(folder))
        for port in ("httpsPort", "mqttPort"):
            for _ in range(50):
                self.plain(port).close()
        self.assert_serves()
        deadline = time.monotonic() + lab.PATIENCE
        while len(os.listdir(folder)) > before:
            self.assertLess(time.monotonic(), deadline, "they are still open")
            time.sleep(0.05)

    def drip(self, connection, enough):
        with contextlib.suppress(OSError):
            connection.sendall(HEAD + b"X-Drip: ")
            while not enough.wait(0.5):
                connection.sendall(b"x")

    def test_a_device_that_sends_without_pause_delays_nobody(self):
        key = self.new_device("greedy")
        for kind, device in self.devices():
            with self.subTest(kind):
                device.connect("greedy", key)
                enough = threading.Event()
                sender = threading.Thread(target=self.pour, args=(device, enough), daemon=True)
                sender.start()
                try:
                    self.assert_serves()
                    self.assertTrue(sender.is_alive(), "it is not dropped either")
                finally:
                    enough.set()

    def pour(self, device, enough):
        packets = raw.publish_packet("devices/greedy/messages/events/") * 2000
        with contextlib.suppress(OSError):
            while not enough.is_set():
                device.send(packets)

    def test_requests_that_are_too_large(self):
        body = b"Content-Length: 5000000\r\n\r\n"
        self.assertEqual(self.status_of(HEAD.replace(b"GET", b"POST") + body), 413, "as soon as it is announced")
        chunk = b"%x\r\n" % 65536 + bytes(65536) + b"\r\n"
        self.assertEqual(self.status_of(
            HEAD.replace(b"GET", b"POST") + b"Transfer-Encoding: chunked\r\n\r\n" + chunk * 80), 413)
        self.assertEqual(self.status_of(HEAD + b"X-Large: " + b"x" * 100_000 + b"\r\n\r\n"), 431)
        self.assertEqual(self.status_of(HEAD + b"X: y\r\n" * 20_000 + b"\r\n"), 431)
        self.assertEqual(self.status_of(b"GET /" + b"x" * 100_000 + b" HTTP/1.1\r\n\r\n"), 431)
        self.assert_serves()

    def test_requests_that_are_not_http(self):
        for request in (b"nonsense\r\n\r\n", b"GET / HTTP/9.9\r\n\r\n", b"GET /\r\n\r\n", b"\0\1\2\3\r\n\r\n",
                        HEAD + b"no colon\r\n\r\n", HEAD + b"Content-Length: -1\r\n\r\n",
                        HEAD + b"Transfer-Encoding: chunked\r\n\r\nxyz\r\n"):
            with self.subTest(request=request):
                self.assertEqual(self.status_of(request), 400)
        self.assert_serves()

    def test_nonsense_where_tls_is_expected(self):
        for port in ("httpsPort", "mqttPort"):
            for nonsense in (HEAD + b"\r\n", bytes(1000), b"\x16\x03\x01\xff\xff" + b"\xff" * 1000,
                             raw.connect_packet("a", self.key)):
                with self.subTest(port=port, nonsense=nonsense[:10]):
                    connection = self.plain(port)
                    connection.sendall(nonsense)
                    self.assertNotIn(b"HTTP/", self.read_to_end(connection))
        self.assert_serves()

    def test_nonsense_where_mqtt_is_expected(self):
        for nonsense in (HEAD + b"\r\n", bytes(1000), b"\xff" * 1000, b"\x10\x02\0\4", raw.packet(0xC0, b"")):
            for kind, device in self.devices():
                with self.subTest(kind, nonsense=nonsense[:10]):
                    device.send(nonsense)
                    device.wait_for_end()
        self.assert_serves()

    def test_mqtt_packets_are_at_most_512_kib(self):
        topic = "$iothub/twin/PATCH/properties/reported/?$rid=1"
        room = 512 * 1024 - len(raw.text(topic)) - 2
        for kind, device in self.devices():
            with self.subTest(kind):
                self.assertEqual(device.connect("a", self.key)[1], 0)
                device.send(raw.publish_packet(topic, bytes(room), packet_id=1))
                self.assertEqual(device.next_packet(), (0x40, b"\0\1"))
                # The head of a packet that is larger by one, and nothing after it.
                device.send(b"\x32" + raw.length_of(512 * 1024 + 1))
                device.wait_for_end()

    def test_a_device_that_reads_no_answer_is_dropped(self):
        self.fwctl("twin", "update", "a", "--desired", '{"x":"' + "x" * 4000 + '"}', code=0)
        for kind, device in self.devices():
            with self.subTest(kind):
                device.connect("a", self.key)
                device.subscribe(raw.TWIN_ANSWERS)
                deadline = time.monotonic() + lab.PATIENCE
                with self.assertRaises(OSError):
                    while time.monotonic() < deadline:
                        device.send(*[raw.get_packet("1")] * 100)  # 400 kB of answers
                        time.sleep(0.05)
        self.assert_serves()

    def test_its_secrets_are_readable_by_their_owner_alone(self):
        folder = self.folder / "hub"
        self.assertEqual(stat.S_IMODE(folder.stat().st_mode), 0o700)
        modes = {file.name: stat.S_IMODE(file.stat().st_mode) for file in folder.iterdir()}
        self.assertLessEqual({"ca.key", "server.key", "hub.db"}, modes.keys())
        self.assertEqual(set(modes.values()), {0o600}, modes)

    def test_every_kind_of_tls_from_1_2_on_and_none_before(self):
        for port in ("httpsPort", "mqttPort"):
            for name, version, ciphers in (("1.2, ECDSA", ssl.TLSVersion.TLSv1_2, "ECDHE-ECDSA-AES128-GCM-SHA256"),
                                           ("1.2, RSA", ssl.TLSVersion.TLSv1_2, "ECDHE-RSA-AES256-GCM-SHA384"),
                                           ("1.3", ssl.TLSVersion.TLSv1_3, "ALL")):
                with self.subTest(name, port=port):
                    self.assertIsNotNone(self.handshake(port, version, ciphers))
            with self.assertRaises((ssl.SSLError, ConnectionError)):
                self.handshake(port, ssl.TLSVersion.TLSv1_1, "ALL:@SECLEVEL=0")

    def handshake(self, port, version, ciphers):
        context = ssl.create_default_context(cafile=self.hub_info["caFile"])
        context.set_ciphers(ciphers)
        context.minimum_version = context.maximum_version = version
        with context.wrap_socket(self.plain(port), server_hostname="localhost") as connection:
            return connection.cipher()

    def test_it_listens_on_one_address_alone(self):
        for port in ("httpsPort", "mqttPort"):
            with self.assertRaises(ConnectionRefusedError):
                socket.create_connection(("127.0.0.2", self.hub_info[port]), timeout=lab.PATIENCE)


class FewDescriptors(lab.Lab):
    """Connections that say nothing use up what a hub has, on one port and then on the other."""

    def start(self, *arguments, **env):
        return super().start("prlimit", "--nofile=200", *arguments, **env)

    def flood(self, port):
        connections = [socket.create_connection(("127.0.0.1", self.hub_info[port]), timeout=lab.PATIENCE)
                       for _ in range(300)]
        self.addCleanup(lambda: [connection.close() for connection in connections])

    def test_a_flood_of_silent_connections_holds_nobody_else_up(self):
        service = Service(self.hub_info, timeout_s=lab.PATIENCE)
        self.addCleanup(service.connection.close)
        identity = service.json("PUT", "/devices/a", {"deviceId": "a"})
        key = identity["authentication"]["symmetricKey"]["primaryKey"]
        start = time.monotonic()
        self.flood("mqttPort")
        with Service(self.hub_info, timeout_s=lab.PATIENCE) as other:
            other.json("GET", "/devices/a")
        device = raw.RawDevice(raw.tcp(self.hub_info))
        self.addCleanup(device.close)
        self.assertEqual(device.connect("a", key), (0, 0))
        self.flood("httpsPort")
        self.flood("mqttPort")
        device.send(b"\xC0\0")
        self.assertEqual(device.next_packet(), (0xD0, b""))
        again = raw.RawDevice(raw.tcp(self.hub_info))
        self.addCleanup(again.close)
        self.assertEqual(again.connect("a", key), (1, 0))
        service.json("GET", "/devices/a")
        self.assertLess(time.monotonic() - start, 20, "it did not wait for them to be cut off")


if __name__ == "__main__":
    unittest.main()
