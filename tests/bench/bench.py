"""What every benchmark stands on: a hub of its own with as many twins as asked for, and how numbers are written."""
import json
import pathlib
import statistics
import time

import lab


def milliseconds(work, rounds=20):
    """The median of a few rounds."""
    times = []
    for _ in range(rounds):
        start = time.perf_counter()
        work()
        times.append((time.perf_counter() - start) * 1000)
    return statistics.median(times)


class Bench(lab.Lab):
    def runTest(self):
        """Only for setUp and its clean-up."""

    def rss_mib(self):
        status = pathlib.Path(f"/proc/{self.hub.popen.pid}/status").read_text()
        return int(next(line for line in status.splitlines() if line.startswith("VmRSS")).split()[1]) / 1024

    def add_twins(self, service, first, count):
        """One in a thousand is rare; all have the firmware's tags and a desired version."""
        for start in range(first, first + count, 100):
            service.json("POST", "/devices", [
                {"id": f"chiller-{i:07}", "importMode": "create",
                 "tags": {"devicetype": "chiller", "site": f"site-{i % 1000}"},
                 "properties": {"desired": {"firmware": {"fwVersion": "1.0.0"}}}} for i in range(start, start + 100)])


def write_json(path, rows):
    if path:
        path.write_text(json.dumps(rows, indent=2) + "\n")
