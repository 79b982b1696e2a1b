"""kill -9 again and again under a load of service writes, devices' reports and a job; FWCTL_KILLS says how often."""
import http.client
import json
import os
import random
import sqlite3
import threading
import time
import unittest

import lab
import raw_device as raw
from service import Service

KILLS = int(os.environ.get("FWCTL_KILLS", "20"))
DEVICES = 400


class Writer(threading.Thread):
    """Writes rising numbers one after the other until the hub dies; `acknowledged` is the last one it confirmed."""

    def __init__(self, first):
        super().__init__(daemon=True)
        self.acknowledged = first
        self.start()

    def run(self):
        try:
            while True:
                self.write(self.acknowledged + 1)
                self.acknowledged += 1
        except (OSError, http.client.HTTPException, raw.Ended):
            self.close()


class ServiceWriter(Writer):
    def __init__(self, hub_info, device, first):
        self.service, self.device = Service(hub_info), device
        super().__init__(first)

    def close(self):
        self.service.connection.close()

    def write(self, number):
        self.service.json("PATCH", f"/twins/{self.device}", {"tags": {"n": number}})


class Reporter(Writer):
    def __init__(self, hub_info, device, key, first):
        self.device = raw.RawDevice(raw.TlsStream(hub_info, hub_info["mqttPort"]))
        self.device.connect(device, key)
        self.device.subscribe(raw.TWIN_ANSWERS)
        super().__init__(first)

    def close(self):
        self.device.carrier.socket.close()

    def write(self, number):
        self.device.send(raw.report_packet(number, json.dumps({"n": number}).encode()))
        topic, _ = self.device.next_publish()
        if "/res/204/" not in topic:
            raise AssertionError(topic)


class KillLoop(lab.Lab):
    # Slow enough for the job to run under all the kills.
    hub_options = ("--job-pace", str(max(20, DEVICES // KILLS)))

    def setUp(self):
        super().setUp()
        self.random = random.Random(7)
        with Service(self.hub_info) as service:
            for first in range(0, DEVICES, 100):
                service.json("POST", "/devices",
                             [{"id": f"d{i}", "importMode": "create"} for i in range(first, first + 100)])
            self.key = service.json("GET", "/devices/d0")["authentication"]["symmetricKey"]["primaryKey"]
            service.json("PUT", "/jobs/v2/j", {"type": "scheduleUpdateTwin", "queryCondition": "*", "updateTwin": {
                "etag": "*", "properties": {"desired": {"firmware": 1}}}})

    def test_what_was_acknowledged_is_there_after_every_kill(self):
        written = reported = 0
        for round_number in range(KILLS):
            with self.subTest(round=round_number):
                writer = ServiceWriter(self.hub_info, "d1", written)
                reporter = Reporter(self.hub_info, "d0", self.key, reported)
                time.sleep(self.random.uniform(0.2, 0.8))
                self.restart_hub_after_kill()
                writer.join(lab.PATIENCE)
                reporter.join(lab.PATIENCE)
                written = self.check(writer, "d1", lambda twin: twin.get("tags", {}).get("n", 0))
                reported = self.check(reporter, "d0", lambda twin: twin["properties"]["reported"].get("n", 0))
                self.assertEqual(self.integrity(), "ok")
        self.assertGreater(min(written, reported), KILLS, "the load was too small to prove anything")
        self.check_job()

    def check(self, writer, device, number_in):
        """The last write may have been done though its answer never came; none before it may be missing."""
        with Service(self.hub_info) as service:
            found = number_in(service.json("GET", f"/twins/{device}"))
        self.assertIn(found, (writer.acknowledged, writer.acknowledged + 1), device)
        return found

    def integrity(self):
        database = sqlite3.connect(f"file:{self.folder}/hub/hub.db?mode=ro", uri=True)
        try:
            return database.execute("PRAGMA integrity_check").fetchone()[0]
        finally:
            database.close()

    def check_job(self):
        with Service(self.hub_info) as service:
            deadline = time.monotonic() + lab.PATIENCE
            while (job := service.json("GET", "/jobs/v2/j"))["status"] != "completed":
                self.assertLess(time.monotonic(), deadline, job)
                time.sleep(0.1)
            twins = service.query("SELECT COUNT() AS n FROM devices WHERE properties.desired.$version = 2")
        self.assertEqual(job["deviceJobStatistics"]["succeededCount"], DEVICES)
        self.assertEqual(twins, [{"n": DEVICES}], "each twin was written once")


if __name__ == "__main__":
    unittest.main()
