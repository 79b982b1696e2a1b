"""What every benchmark stands on: a hub of its own with as many twins as asked for, and how numbers are written."""
import json
import statistics
import time
import urllib.request

import lab
import measure


def milliseconds(work, rounds=20):
    """The median of a few rounds."""
    times = []
    for _ in range(rounds):
        start = time.perf_counter()
        work()
        times.append((time.perf_counter() - start) * 1000)
    return statistics.median(times)


class Bench(lab.Lab):
    hub_options = ("--control-port", "0")

    def runTest(self):
        """Only for setUp and its clean-up."""

    def rss_mib(self):
        return measure.status_kib(self.hub.popen.pid, "VmRSS") / 1024

    def requests(self):
        """How many the hub was asked so far."""
        with urllib.request.urlopen(f"{self.hub_info['controlUrl']}/counters") as answer:
            return json.load(answer)["requests"]

    def add_twins(self, service, first, count):
        """One in a thousand is rare; all have the firmware's tags and a desired version."""
        for start in range(first, first + count, 100):
            service.json("POST", "/devices", [
                {"id": f"chiller-{i:07}", "importMode": "create",
                 "tags": {"devicetype": "chiller", "site": f"site-{i % 1000}"},
                 "properties": {"desired": {"firmware": {"fwVersion": "1.0.0"}}}} for i in range(start, start + 100)])


class Table:
    """Rows are printed as they come; one with a goal says whether it is met."""

    def __init__(self):
        self.rows = []

    def add(self, name, value, unit, at_most=None, at_least=None):
        row = {"name": name, "value": round(value, 3), "unit": unit}
        told = ""
        if at_most is not None or at_least is not None:
            goal = at_least if at_most is None else at_most
            met = value >= goal if at_most is None else value <= goal
            wording = f"at {'least' if at_most is None else 'most'} {goal}"
            row |= {"goal": wording, "met": met}
            told = f"{'met' if met else 'MISSED'}: {wording}"
        self.rows.append(row)
        print(f"{name:58} {value:10.2f} {unit:11} {told}".rstrip(), flush=True)

    def write_json(self, path):
        if path:
            path.write_text(json.dumps(self.rows, indent=2) + "\n")
