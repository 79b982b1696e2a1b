"""What the stand-in hub carries: `scripts/bench hub` runs it. Prints a table, and JSON with --json FILE."""
import argparse
import pathlib
import socket
import statistics
import threading
import time

import lab
import raw_device as raw
from bench import Bench, Table, milliseconds
from service import Service

DEVICES_A_PROCESS = 5000
# Goals that are no ratio are far from what a machine of two cores does, for it is the order that counts.
PAGE_MS = 10
HELD_UP_MS = 250
STORM = 500
PARTS = ("scale", "scan", "job", "devices", "storms")


def scale(bench, service, options, table):
    """A page in milliseconds and memory that stands still, whatever the number of twins."""
    done, memory = 0, []
    for goal in (options.twins // 10, options.twins):
        start = time.perf_counter()
        bench.add_twins(service, done, goal - done)
        name, rate = f"{goal} twins", (goal - done) / (time.perf_counter() - start)
        done = goal
        middle = f"chiller-{done // 2:07}"
        table.add(f"{name}: created by bulk", rate, "twins/s")
        table.add(f"{name}: GET of one", milliseconds(lambda: service.json("GET", f"/twins/{middle}")), "ms", PAGE_MS)
        for what, query in (("page by id", f"SELECT * FROM devices WHERE deviceId = '{middle}'"),
                            ("page by a tag", "SELECT deviceId FROM devices WHERE tags.site = 'site-999'"),
                            ("first page of all", "SELECT * FROM devices")):
            table.add(f"{name}: {what}", milliseconds(lambda: service.query(query)), "ms", PAGE_MS)
        memory.append(bench.rss_mib())
        table.add(f"{name}: memory of the hub", memory[-1], "MiB")
    table.add(f"{name}: memory of the hub", memory[-1] / memory[0], "x a tenth's", 1.25)


def scan(bench, service, options, table):
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

    work = {"a twin read": read_twin, "a device's twin read": ask_device}
    calm = {name: milliseconds(ask, 200) for name, ask in work.items()}
    over, scans = threading.Event(), []
    scanners = [threading.Thread(target=scan_all) for _ in range(2)]
    for scanner in scanners:
        scanner.start()
    time.sleep(0.2)
    for name, ask in work.items():
        busy = milliseconds(ask, 300)
        table.add(f"two scans run: {name}", busy, "ms", HELD_UP_MS)
        table.add(f"two scans run: {name}", busy / calm[name], "x calm")
    over.set()
    for scanner in scanners:
        scanner.join()
    table.add("one such scan", statistics.median(scans), "s")


def job(bench, service, options, table):
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
    table.add(f"a job over {count} twins", count / (time.perf_counter() - start), "twins/s", at_least=2000)
    table.add("the slowest twin read meanwhile", slowest * 1000, "ms", HELD_UP_MS)


def devices(bench, service, options, table):
    """Many devices connected at a time."""
    before = bench.rss_mib()
    start = time.perf_counter()
    # A device has three descriptors in the fleet's process, and a process has a limit of them.
    for number in range(-(-options.devices // DEVICES_A_PROCESS)):
        bench.start_fleet(min(DEVICES_A_PROCESS, options.devices - number * DEVICES_A_PROCESS), f"pump-{number}-",
                          "pump", 1000)
    name = f"{options.devices} devices"
    table.add(f"{name}: registered and connected", options.devices / (time.perf_counter() - start), "devices/s")
    table.add(f"{name}: memory of the hub for each", (bench.rss_mib() - before) * 1024 / options.devices, "KiB")
    table.add(f"{name}: GET of a twin", milliseconds(lambda: service.json("GET", "/twins/chiller-0000001")), "ms",
              PAGE_MS)


def storms(bench, service, options, table):
    """What is left when many clients came and went. The first storms find out how many are open at a time."""
    key = service.json("GET", "/devices/chiller-0000000")["authentication"]["symmetricKey"]["primaryKey"]

    def device():
        one = raw.RawDevice(raw.tcp(bench.hub_info))
        one.connect("chiller-0000000", key)
        one.close()

    def silent(port):
        clients = [socket.create_connection(("127.0.0.1", bench.hub_info[port])) for _ in range(STORM)]
        for client in clients:
            client.close()

    def storm():
        for _ in range(STORM):
            device()
        silent("mqttPort")
        silent("httpsPort")
        wait_until_settled(bench.hub)
        return bench.rss_mib() * 1024, bench.hub.descriptors()

    for _ in range(5):
        memory, descriptors = storm()
    for _ in range(5):
        after = storm()
    name = f"five more storms of {3 * STORM} clients"
    table.add(f"{name}: memory gained", after[0] - memory, "KiB", 4096)
    table.add(f"{name}: descriptors gained", after[1] - descriptors, "", 0)


def wait_until_settled(process):
    """Connections that their clients have closed are closed here within moments."""
    seen = None
    while seen != (seen := process.descriptors()):
        time.sleep(0.5)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--twins", type=int, default=100_000, help="a multiple of 1000; 1000000 takes some minutes")
    parser.add_argument("--devices", type=int, default=10_000)
    parser.add_argument("--json", type=pathlib.Path)
    options = parser.parse_args()
    lab.PATIENCE = 600
    bench, table = Bench(), Table()
    bench.setUp()
    try:
        with Service(bench.hub_info) as service:
            for part in PARTS:
                globals()[part](bench, service, options, table)
    finally:
        bench.doCleanups()
    table.write_json(options.json)


if __name__ == "__main__":
    main()
