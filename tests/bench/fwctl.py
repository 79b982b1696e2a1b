"""What fwctl costs: `scripts/bench fwctl` runs it. Prints a table, and JSON with --json FILE.

Its peers run in turns with it: curl for the same requests, and the Azure service SDK for Node. What a goal is set for
is a ratio or a size, because machines differ.
"""
import argparse
import json
import pathlib
import statistics
import subprocess

import lab
import measure
from bench import Bench, Table
from counting_proxy import CountingProxy
from service import API_VERSION, Service, service_token

PEER = pathlib.Path(__file__).parent / "peer.js"
ALL = "SELECT * FROM devices"
PARTS = ("start", "polling", "fleet", "job", "poll", "rows", "forms")
LOOKS_AN_HOUR = 3600 // 5
SMALL_FLEET = 100


class Programs(Bench):
    """fwctl and its peers, each with the same hub."""

    def our(self, *arguments, **how):
        return measure.run([lab.BIN / "fwctl", *arguments], self.env(), self.folder, **how)

    def status(self, interval, *more, **env):
        """A watch of the fleet that no budget slows, a line a look."""
        return self.start(lab.BIN / "fwctl", "status", "-o", "jsonl", "--budget", "off", "--interval", interval, *more,
                          **env)

    def sdk(self, *arguments, **how):
        env = self.env(FWHUB=json.dumps(self.hub_info), NODE_EXTRA_CA_CERTS=self.hub_info["caFile"])
        return measure.run(["node", PEER, *arguments], env, self.folder, **how)

    def curl(self, config, **how):
        """One process; its transfers, one after the other, share a connection."""
        return measure.run(["curl", "--silent", "--show-error", "--fail", "--config", config], self.env(), self.folder,
                           **how)

    def transfer(self, path, *lines):
        """A transfer in a file for curl."""
        token = service_token(self.hub_info["connectionString"])
        url = f"https://localhost:{self.hub_info['httpsPort']}{path}?api-version={API_VERSION}"
        return "\n".join([f'url = "{url}"', f'cacert = "{self.hub_info["caFile"]}"', 'output = "/dev/null"',
                          f'header = "Authorization: {token}"', *lines])

    def curl_file(self, name, transfers):
        path = self.folder / name
        path.write_text("\nnext\n".join(transfers) + "\n")
        return path

    def pages_for_curl(self, service):
        """The pages of the whole fleet: curl gets the tokens in advance, as it can't read them by itself."""
        transfers, token = [], None
        while token or not transfers:
            more = {"x_ms_continuation": token} if token else {}
            _, headers, _ = service.call("POST", "/devices/query", {"query": ALL}, x_ms_max_item_count="100", **more)
            lines = ['header = "Content-Type: application/json"', 'header = "x-ms-max-item-count: 100"',
                     'data = "{\\"query\\":\\"%s\\"}"' % ALL]
            transfers.append(self.transfer(
                "/devices/query", *lines, *([f'header = "x-ms-continuation: {token}"'] if token else [])))
            token = headers["x-ms-continuation"]
        return self.curl_file("pages", transfers)


def start(bench, service, options, table):
    """How soon something is there to read."""
    costs = measure.side_by_side(21, {
        "fwctl": lambda: bench.our("--help", out=subprocess.PIPE),
        "curl": lambda: measure.run(["curl", "--help"], bench.env(), bench.folder, out=subprocess.PIPE)})
    table.add("fwctl --help: first output", measure.median(costs["fwctl"], "first_byte_ms"), "ms", 15)
    table.add("fwctl --help: CPU", measure.median(costs["fwctl"], "cpu_ms"), "ms")
    table.add("curl --help: first output", measure.median(costs["curl"], "first_byte_ms"), "ms")


def polling(bench, service, options, table):
    """What a watch holds after many hours of looks, which here follow each other at once."""
    bench.add_twins(service, 0, SMALL_FLEET)
    for name, where in (("a fleet", "tags.devicetype='chiller'"), ("ten devices", "deviceId < 'chiller-0000010'")):
        watch = bench.status("1ms", "--where", where)
        skip_lines(watch, LOOKS_AN_HOUR)
        memory, descriptors = status_kib(watch, "VmRSS"), watch.descriptors()
        skip_lines(watch, 5 * LOOKS_AN_HOUR)
        name = f"status, {name}: five hours of looks"
        table.add(f"{name}: memory gained", status_kib(watch, "VmRSS") - memory, "KiB", 256)
        # One that came back to the library's pool too late for the next request leaves a second connection there.
        table.add(f"{name}: descriptors gained", watch.descriptors() - descriptors, "", 1)
        watch.kill()


def skip_lines(process, count):
    for _ in range(count):
        process.next_line()


def status_kib(process, name):
    return measure.status_kib(process.popen.pid, name)


def fleet(bench, service, options, table):
    """What all that follows asks for."""
    bench.add_twins(service, SMALL_FLEET, options.twins - SMALL_FLEET)


def poll(bench, service, options, table):
    """What one look at the whole fleet asks of the hub and of the line, in the middle of an update."""
    bench.start_fleet(400, "live-", "chiller", 10, "--error-share", "10%", "--hang-share", "5%")
    proxy = CountingProxy()
    watch = bench.status("2s", HTTPS_PROXY=proxy.url)
    bench.schedule("--where", "deviceId >= 'live-'")
    seen = []
    for _ in range(11):
        watch.next_line()
        seen.append((bench.requests(), proxy.down))
    requests, down = ([after - before for before, after in zip(column, column[1:])] for column in zip(*seen))
    name = f"status, {options.twins} twins, a look"
    table.add(f"{name}: requests", statistics.median(requests), "", 1)
    table.add(f"{name}: down", statistics.median(down), "bytes", 2000)
    table.add(f"{name}: down, the first with its handshake", seen[0][1], "bytes")
    table.add(f"{name} that names new failures: requests", max(requests), "")
    table.add(f"{name} that names new failures: down", max(down), "bytes")
    watch.kill()
    proxy.close()


def job(bench, service, options, table):
    """One GET, start to exit."""
    service.json("PUT", "/jobs/v2/bench", {
        "type": "scheduleUpdateTwin", "queryCondition": "deviceId = 'chiller-0000001'",
        "updateTwin": {"etag": "*", "properties": {"desired": {"firmware": {"fwVersion": "2.8.5"}}}}})
    config = bench.curl_file("job", [bench.transfer("/jobs/v2/bench")])
    costs = measure.side_by_side(21, {
        "fwctl": lambda: bench.our("job", "show", "bench", "-o", "json"),
        "curl": lambda: bench.curl(config),
        "sdk": lambda: bench.sdk("job", "bench")})
    compare(table, "job show", costs, curl=1.5)


def rows(bench, service, options, table):
    """The whole fleet, a line a twin."""
    config = bench.pages_for_curl(service)
    rounds = 5 if options.twins <= 100_000 else 1
    costs = measure.side_by_side(rounds, {
        "fwctl": lambda: bench.our("query", ALL, "-o", "jsonl", watch_memory=True),
        "curl": lambda: bench.curl(config, watch_memory=True),
        "sdk": lambda: bench.sdk("rows", ALL, watch_memory=True)})
    name = f"query -o jsonl, {options.twins} twins"
    compare(table, name, costs, curl=3, sdk=0.25)
    peak = max(cost.peak_mib for cost in costs["fwctl"])
    tenth = bench.our("query", ALL, "-o", "jsonl", "--limit", options.twins // 10, watch_memory=True).peak_mib
    table.add(f"{name}: peak RSS", peak, "MiB", 24)
    table.add(f"{name}: peak RSS", peak / tenth, "x a tenth's", 1.1)
    table.add(f"{name}: peak RSS of curl", max(cost.peak_mib for cost in costs["curl"]), "MiB")
    table.add(f"{name}: peak RSS of the SDK", max(cost.peak_mib for cost in costs["sdk"]), "MiB")
    bench.curl_rows_ms = measure.median(costs["curl"], "cpu_ms")


def forms(bench, service, options, table):
    """The same in the other forms, for information."""
    for form in ("json", "tsv", "table"):
        cost = bench.our("query", ALL, "-o", form, watch_memory=True)
        table.add(f"query -o {form}: CPU", cost.cpu_ms / bench.curl_rows_ms, "x curl")
        table.add(f"query -o {form}: peak RSS", cost.peak_mib, "MiB")


def compare(table, name, costs, curl, sdk=None):
    """CPU beside each peer's, with a goal for the ratio where there is one."""
    ours = measure.median(costs["fwctl"], "cpu_ms")
    table.add(f"{name}: CPU", ours, "ms")
    table.add(f"{name}: CPU", ours / measure.median(costs["curl"], "cpu_ms"), "x curl", curl)
    table.add(f"{name}: CPU", ours / measure.median(costs["sdk"], "cpu_ms"), "x Node SDK", sdk)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--twins", type=int, default=100_000, help="a multiple of 100; 1000000 takes some minutes")
    parser.add_argument("--json", type=pathlib.Path)
    options = parser.parse_args()
    lab.PATIENCE = 600
    bench, table = Programs(), Table()
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
