"""kill -9 again and again under a load of service writes, new devices, devices' reports and a job; FWCTL_KILLS says how
often."""
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
    def __init__(self, hub_info, first):
        self.service = Service(hub_info)
        super().__init__(first)

    def close(self):
        self.service.connection.close()


class Tagger(ServiceWriter):
    def write(self, number):
        self.service.json("PATCH", "/twins/d1", {"tags": {"n": number}})


class Registrar(ServiceWriter):
    def write(self, number):
        self.service.json("PUT", f"/devices/new{number}", {"deviceId": f"new{number}"})


class Follower(ServiceWriter):
    """Of the job: its numbers are those of the devices that the hub said it is done with."""

    def run(self):
        try:
            while True:
                statistics = self.service.json("GET", "/jobs/v2/j").get("deviceJobStatistics", {})
                self.acknowledged = statistics.get("succeededCount", 0)
                time.sleep(0.01)
        except (OSError, http.client.HTTPException):
            self.close()


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
    # Slow enough for the job to run under most of the kills.
    hub_options = ("--job-pace", str(max(10, DEVICES // KILLS)))

    def setUp(self):
        super().setUp()
        self.random = random.Random(7)
        with Service(self.hub_info) as service:
            for first in range(0, DEVICES, 100):
                service.json("POST", "/devices",
                             [{"id": f"d{i}", "importMode": "create"} for i in range(first, first + 100)])
            self.key = service.json("GET", "/devices/d0")["authentication"]["symmetricKey"]["primaryKey"]
            service.json("PUT", "/jobs/v2/j", {"type": "scheduleUpdateTwin",
                                               "queryCondition": "STARTSWITH(deviceId, 'd')", "updateTwin": {
                "etag": "*", "properties": {"desired": {"firmware": 1}}}})

    def test_what_was_acknowledged_is_there_after_every_kill(self):
        tagged = reported = registered = followed = killed_jobs = 0
        for round_number in range(KILLS):
            with self.subTest(round=round_number):
                load = (Tagger(self.hub_info, tagged), Registrar(self.hub_info, registered),
                        Reporter(self.hub_info, "d0", self.key, reported), Follower(self.hub_info, followed))
                time.sleep(self.random.uniform(0.2, 0.8))
                self.restart_hub_after_kill()
                for writer in load:
                    writer.join(lab.PATIENCE)
                tagger, registrar, reporter, follower = load
                tagged = self.check(tagger, self.twin("d1").get("tags", {}).get("n", 0))
                reported = self.check(reporter, self.twin("d0")["properties"]["reported"].get("n", 0))
                registered = self.check(registrar, self.count_of_new())
                self.assertGreaterEqual(done := self.consistent_store(), follower.acknowledged, "the job went back")
                killed_jobs += follower.acknowledged < DEVICES
                followed = done
        self.assertGreater(min(tagged, reported, registered), KILLS, "the load was too small to prove anything")
        self.assertGreater(killed_jobs, KILLS // 2, "the job was over too soon")
        self.check_job()

    def check(self, writer, found):
        """The last write may have been done though its answer never came; none before it may be missing."""
        self.assertIn(found, (writer.acknowledged, writer.acknowledged + 1), type(writer).__name__)
        return found

    def twin(self, device):
        with Service(self.hub_info) as service:
            return service.json("GET", f"/twins/{device}")

    def count_of_new(self):
        with Service(self.hub_info) as service:
            return service.query("SELECT COUNT() AS n FROM devices WHERE STARTSWITH(deviceId, 'new')")[0]["n"]

    def consistent_store(self):
        """How many devices the job is done with, by its count, its rows and the twins themselves."""
        database = sqlite3.connect(f"file:{self.folder}/hub/hub.db?mode=ro", uri=True, isolation_level=None)
        try:
            database.execute("BEGIN")
            self.assertEqual(database.execute("PRAGMA integrity_check").fetchall(), [("ok",)])
            self.assertEqual(database.execute("PRAGMA foreign_key_check").fetchall(), [])
            counts = [database.execute(sql).fetchone()[0] for sql in (
                "SELECT succeeded_count FROM jobs", "SELECT COUNT(*) FROM device_jobs WHERE status = 'completed'",
                "SELECT COUNT(*) FROM twins WHERE desired_version = 2")]
            self.assertEqual(len(set(counts)), 1, counts)
            return counts[0]
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
