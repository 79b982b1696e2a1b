"""fwhub's quotas and faults through its three doors, and what of them arrives on a socket."""
import http.client
import json
import socket
import subprocess
import time
import unittest

import lab
import raw_device as raw
from service import Service

UPDATE_JOB = {"type": "scheduleUpdateTwin", "queryCondition": "*", "updateTwin": {"etag": "*", "tags": {"x": 1}}}


class Controlled(lab.Lab):
    hub_options = ("--control-port", "0")

    def control(self, method, path, body=None, **headers):
        """(status, text)"""
        connection = http.client.HTTPConnection(self.hub_info["controlUrl"].removeprefix("http://"),
                                                timeout=lab.PATIENCE)
        try:
            connection.request(method, path, None if body is None else json.dumps(body), headers)
            response = connection.getresponse()
            return response.status, response.read().decode()
        finally:
            connection.close()

    def switch(self, **switches):
        status, text = self.control("PUT", "/switches", switches)
        self.assertEqual(status, 200, text)

    def counters(self):
        return json.loads(self.control("GET", "/counters")[1])

    def service(self):
        service = Service(self.hub_info, timeout_s=lab.PATIENCE)
        self.addCleanup(service.connection.close)
        return service

    def exists(self, device):
        self.switch()
        return self.service().call("GET", f"/devices/{device}")[0] == 200


class OnTheSocket(Controlled):
    def create_under(self, device, **switches):
        """How the answer broke, or its status; and whether the device is there."""
        self.switch(**switches)
        try:
            answer = self.service().call("PUT", f"/devices/{device}", {"deviceId": device})[0]
        except (OSError, http.client.HTTPException) as broken:
            answer = type(broken)
        return answer, self.exists(device)

    def test_requests_fail_before_or_after_they_were_carried_out(self):
        gone = http.client.RemoteDisconnected
        for device, switches, expected in (
                ("a", {"error500": 1}, (500, False)), ("b", {"error503": 1}, (503, False)),
                ("c", {"error504": 1}, (504, False)), ("d", {"lateError": 1}, (503, True)),
                ("e", {"dropBefore": 1}, (gone, False)), ("f", {"dropAfter": 1}, (gone, True)),
                ("g", {"truncate": 1}, (http.client.IncompleteRead, True))):
            with self.subTest(**switches):
                self.assertEqual(self.create_under(device, **switches), expected)

    def test_answers_are_late_or_drip(self):
        self.service().json("PUT", "/devices/a", {"deviceId": "a"})
        for switches in ({"latencyMs": 300}, {"slowBody": 1, "slowBodyRate": 2000}):
            with self.subTest(**switches):
                self.switch(**switches)
                start = time.monotonic()
                self.assertEqual(self.service().json("GET", "/devices/a")["deviceId"], "a")
                self.assertGreater(time.monotonic() - start, 0.2)

    def test_a_tier_throttles_as_the_real_hub_does(self):
        self.switch(tier="S1")
        service = self.service()
        answers = []
        while not answers or answers[-1][0] == 200:
            answers.append(service.call("POST", "/devices/query", {"query": "SELECT * FROM devices"}))
        self.assertGreater(len(answers), 20)
        status, headers, text = answers[-1]
        self.assertEqual((status, headers["Connection"], headers["Retry-After"]), (429, "close", None))
        self.assertIn("Operation type: Query", text)

    def test_the_hub_lags_behind_itself(self):
        service = self.service()
        self.switch(indexDelayS=3600, unknownJobS=3600, clockOffsetS=-60)
        status, headers, _ = service.call("PUT", "/devices/a", {"deviceId": "a"})
        self.assertEqual(status, 200)
        theirs = time.mktime(time.strptime(headers["Date"], "%a, %d %b %Y %H:%M:%S GMT")) - time.timezone
        self.assertAlmostEqual(theirs, time.time() - 60, delta=10)
        self.assertEqual(service.query("SELECT * FROM devices"), [])
        service.json("PUT", "/jobs/v2/j", UPDATE_JOB)
        self.assertEqual(service.json("GET", "/jobs/v2/j")["status"], "unknown")
        self.switch()
        self.assertEqual(len(service.query("SELECT * FROM devices")), 1)

    def new_device(self):
        identity = self.service().json("PUT", "/devices/a", {"deviceId": "a"})
        device = raw.RawDevice(raw.tcp(self.hub_info))
        self.addCleanup(device.close)
        device.connect("a", identity["authentication"]["symmetricKey"]["primaryKey"])
        device.subscribe(raw.TWIN_ANSWERS)
        return device

    def test_devices_are_answered_late(self):
        device = self.new_device()
        self.switch(lateTwinResponse=1, lateTwinResponseMs=100, faultLimit=1)
        device.send(raw.get_packet(1), raw.get_packet(2))
        self.assertEqual([device.next_publish()[0][-1] for _ in range(2)], ["2", "1"])

        self.switch(subackDelayMs=100)
        waits = []
        for _ in range(4):
            start = time.monotonic()
            self.assertEqual(device.subscribe(raw.TWIN_ANSWERS), (0x90, b"\0\7\0"))
            waits.append(time.monotonic() - start)
        self.assertGreaterEqual(min(waits), 0.09)
        self.assertLess(min(waits[1:]), 0.8, "as late as asked, not when the hub looks around next")

    def test_devices_lose_answers_and_connections(self):
        device = self.new_device()
        self.switch(lostTwinResponse=1, faultLimit=1)
        device.send(raw.get_packet(1), raw.get_packet(2))
        self.assertIn("$rid=2", device.next_publish()[0], "the first answer was lost")
        self.switch(deviceDisconnect=1)
        device.send(raw.get_packet(3))
        device.wait_for_end()
        self.assertEqual(self.counters()["fault.deviceDisconnect"], 1)


class Doors(Controlled):
    hub_options = ("--control-port", "0", "--switches", "switches.json", "--latency-ms", "1")

    def setUp(self):
        # The folder is made by the set-up, and the file has to be there before the hub is.
        start_hub, self.start_hub = self.start_hub, lambda: None
        super().setUp()
        self.start_hub = start_hub
        self.file = self.folder / "switches.json"
        self.file.write_text('{"units": 2}')
        self.start_hub()

    def wait_for(self, name, value):
        deadline = time.monotonic() + lab.PATIENCE
        while json.loads(self.control("GET", "/switches")[1])[name] != value:
            self.assertLess(time.monotonic(), deadline, name)
            time.sleep(0.05)

    def test_a_file_goes_before_the_options_and_is_read_again(self):
        self.wait_for("units", 2)
        self.wait_for("latencyMs", 1)
        self.file.write_text('{"latencyMs": 2}')
        self.wait_for("latencyMs", 2)
        self.wait_for("units", 1)
        self.file.write_text('{"latencyMs": "soon"}')
        deadline = time.monotonic() + lab.PATIENCE
        while "'latencyMs'" not in self.hub.log.read_text():
            self.assertLess(time.monotonic(), deadline)
            time.sleep(0.05)
        time.sleep(2.5)  # two more looks at the same file
        self.assertEqual(self.hub.log.read_text().count("'latencyMs'"), 1, "it is complained about once")
        self.wait_for("latencyMs", 2)

    def test_the_control_endpoint_is_for_this_machine(self):
        port = int(self.hub_info["controlUrl"].rpartition(":")[2])
        with self.assertRaises(OSError):
            socket.create_connection(("127.0.0.2", port), timeout=5)
        self.assertEqual(self.control("GET", "/switches", Host="evil.example")[0], 403)
        self.assertEqual(self.control("PATCH", "/switches", {"error500": 2})[0], 400)


class Off(lab.Lab):
    def test_nothing_is_on_that_was_not_asked_for(self):
        self.assertNotIn("controlUrl", self.hub_info)

    def test_nonsense_on_the_command_line_is_a_mistake(self):
        done = subprocess.run([str(lab.BIN / "fwhub"), "serve", "--error-503", "2"], capture_output=True, text=True,
                              env=self.env(), timeout=lab.PATIENCE)
        self.assertEqual((done.returncode, done.stdout), (2, ""))
        self.assertIn("'error503' must be from 0 to 1", done.stderr)


if __name__ == "__main__":
    unittest.main()
