"""Whoever comes and goes, the programs have as many descriptors open afterwards as before."""
import socket
import time
import unittest

import lab
import raw_device as raw
from service import Service

CLIENTS = 50


class Descriptors(lab.Lab):
    def assert_soon(self, look, wanted):
        """The other side of a connection notices a farewell within moments."""
        deadline = time.monotonic() + lab.PATIENCE
        while (seen := look()) != wanted and time.monotonic() < deadline:
            time.sleep(0.1)
        self.assertEqual(seen, wanted)

    def watch(self):
        return self.start(lab.BIN / "fwctl", "status", "-o", "jsonl", "--budget", "off", "--interval", "10ms")

    def test_of_the_hub_when_clients_of_all_kinds_have_gone(self):
        with Service(self.hub_info) as service:
            service.json("PUT", "/devices/a", {"deviceId": "a"})
            key = service.json("GET", "/devices/a")["authentication"]["symmetricKey"]["primaryKey"]
            service.query("SELECT * FROM devices")  # what reads beside the hub's thread stays open
        before = self.settled()

        for _ in range(CLIENTS):
            self.come_and_go(key)

        self.assert_soon(self.hub.descriptors, before)

    def settled(self):
        count = None
        while count != (count := self.hub.descriptors()):
            time.sleep(0.5)
        return count

    def come_and_go(self, key):
        for carrier in raw.tcp, raw.WebSocket:
            device = raw.RawDevice(carrier(self.hub_info))
            device.connect("a", key)
            device.close()
        for port in "mqttPort", "httpsPort":
            socket.create_connection(("127.0.0.1", self.hub_info[port])).close()
            raw.tls(self.hub_info, self.hub_info[port]).close()
        with Service(self.hub_info) as service:
            service.query("SELECT * FROM devices")

    def test_of_a_watch_that_looks_again_and_again(self):
        watch = self.watch()
        for _ in range(5):
            watch.next_line()
        before = watch.descriptors()

        for _ in range(CLIENTS):
            watch.next_line()

        self.assertEqual(watch.descriptors(), before)

    def test_of_a_watch_and_a_fleet_whose_hub_comes_back(self):
        fleet, watch = self.start_fleet(CLIENTS), self.watch()
        watch.next_line()
        before = watch.descriptors(), fleet.descriptors()

        for _ in range(3):
            self.restart_hub_after_kill()
            self.assert_soon(self.connected, CLIENTS)

        self.assert_soon(watch.descriptors, before[0])
        self.assert_soon(fleet.descriptors, before[1])

    def connected(self):
        rows = self.fwctl_json("query", "SELECT COUNT() AS n FROM devices WHERE connectionState = 'Connected'")["rows"]
        return rows[0]["n"]


if __name__ == "__main__":
    unittest.main()
