"""What the stand-in hub carries: `scripts/bench hub` runs it. Prints a table, and JSON with --json FILE.

Times stand beside the time of reading one twin over the same connection in the same run, for machines differ.
"""
import argparse
import pathlib
import statistics
import threading
import time

import lab
import raw_device as raw
from bench import Bench, milliseconds, write_json
from service import Service

DEVICES_A_PROCESS = 5000
PARTS = ("scale", "scan", "job", "devices")


def scale(bench, service, options, rows):
    """A page in milliseconds and memory that stands still, whatever the number of twins."""
    done = 0
    for goal in (options.twins // 10, options.twins):
        start = time.perf_counter()
        bench.add_twins(service, done, goal - done)
        rate = (goal - done) / (time.perf_counter() - start)
        done = goal
        one = milliseconds(lambda: service.json("GET", f"/twins/chiller-{done // 2:07}"))
        middle = f"chiller-{done // 2:07}"
        rows += [
            (f"{done} twins: created by bulk", rate, "twins/s"),
            (f"{done} twins: GET of one", one, "ms"),
            (f"{done} twins: page by id", milliseconds(lambda: service.query(
                f"SELECT * FROM devices WHERE deviceId = '{middle}'")) / one, "x GET"),
            (f"{done} twins: page by a tag", milliseconds(lambda: service.query(
                "SELECT deviceId FROM devices WHERE tags.site = 'site-999'")) / one, "x GET"),
            (f"{done} twins: first page of all", milliseconds(lambda: service.query("SELECT * FROM devices")) / one,
             "x GET"),
            (f"{done} twins: memory of the hub", bench.rss_mib(), "MiB"),
        ]


def scan(bench, service, options, rows):
    """Queries that read every twin must hold up neither devices nor other requests."""
    key = service.json("GET", "/devices/chiller-0000000")["authentication"]["symmetricKey"]["primaryKey"]
    device = raw.RawDevice(raw.TlsStream(bench.hub_info, bench.hub_info["mqttPort"]))
    device.connect("chiller-0000000", key)
    device.subscribe(raw.TWIN_ANSWERS)

    def ask_device():
        device.send(raw.get_packet(1))
        device.next_publish()

    def read_twin():
        service.json("GET", "/twins/chiller-0000001")

    def scan_all():
        with Service(bench.hub_info) as other:
            while not over.is_set():
                start = time.perf_counter()
                other.query("SELECT properties.desired.firmware.fwVersion AS v, COUNT() AS n FROM devices "
                            "GROUP BY properties.desired.firmware.fwVersion")
                scans.append(time.perf_counter() - start)

    calm = {"a twin read": milliseconds(read_twin, 200), "a device's twin read": milliseconds(ask_device, 200)}
    over, scans = threading.Event(), []
    scanners = [threading.Thread(target=scan_all) for _ in range(2)]
    for scanner in scanners:
        scanner.start()
    time.sleep(0.2)
    for name, work in (("a twin read", read_twin), ("a device's twin read", ask_device)):
        rows.append((f"two scans run: {name}", milliseconds(work, 300) / calm[name], "x calm"))
    over.set()
    for scanner in scanners:
        scanner.join()
    rows.append(("one such scan", statistics.median(scans), "s"))


def job(bench, service, options, rows):
    """A job over many twins, the tier's pace off."""
    count = min(100_000, options.twins)
    start = time.perf_counter()
    service.json("PUT", "/jobs/v2/bench", {
        "type": "scheduleUpdateTwin", "queryCondition": f"deviceId < 'chiller-{count:07}'",
        "updateTwin": {"etag": "*", "properties": {"desired": {"firmware": {"fwVersion": "2.8.5"}}}}})
    slowest = 0
    while service.json("GET", "/jobs/v2/bench")["status"] != "completed":
        asked = time.perf_counter()
        service.json("GET", "/twins/chiller-0000001")
        slowest = max(slowest, time.perf_counter() - asked)
        time.sleep(0.05)
    rows.append((f"a job over {count} twins", count / (time.perf_counter() - start), "twins/s"))
    rows.append(("the slowest twin read meanwhile", slowest * 1000, "ms"))


def devices(bench, service, options, rows):
    """Many devices connected at a time."""
    before = bench.rss_mib()
    start = time.perf_counter()
    # A device has three descriptors in the fleet's process, and a process has a limit of them.
    for number in range(-(-options.devices // DEVICES_A_PROCESS)):
        bench.start_fleet(min(DEVICES_A_PROCESS, options.devices - number * DEVICES_A_PROCESS), f"pump-{number}-",
                          "pump", 1000)
    rows.append((f"{options.devices} devices: registered and connected", options.devices / (time.perf_counter() - start),
                 "devices/s"))
    rows.append((f"{options.devices} devices: memory of the hub for each", (bench.rss_mib() - before) * 1024
                 / options.devices, "KiB"))
    rows.append((f"{options.devices} devices: GET of a twin", milliseconds(
        lambda: service.json("GET", "/twins/chiller-0000001")), "ms"))


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--twins", type=int, default=100_000, help="a multiple of 1000; 1000000 takes some minutes")
    parser.add_argument("--devices", type=int, default=10_000)
    parser.add_argument("--json", type=pathlib.Path)
    options = parser.parse_args()
    lab.PATIENCE = 600
    bench = Bench()
    bench.setUp()
    rows = []
    try:
        with Service(bench.hub_info) as service:
            for part in PARTS:
                first = len(rows)
                globals()[part](bench, service, options, rows)
                for name, value, unit in rows[first:]:
                    print(f"{name:52} {value:10.1f} {unit}", flush=True)
    finally:
        bench.doCleanups()
    write_json(options.json, [{"name": n, "value": v, "unit": u} for n, v, u in rows])


if __name__ == "__main__":
    main()
