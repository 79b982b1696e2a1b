"""What fwctl costs: `scripts/bench fwctl` runs it. Prints a table, and JSON with --json FILE.

Its peers run in turns with it: curl for the same requests, and the Azure service SDK for Node. What a goal is set for
is a ratio or a size, because machines differ.
"""
import argparse
import json
import pathlib
import subprocess

import lab
import measure
from bench import Bench, write_json
from service import API_VERSION, Service, service_token

PEER = pathlib.Path(__file__).parent / "peer.js"
ALL = "SELECT * FROM devices"
PARTS = ("start", "job", "rows", "forms")


class Programs(Bench):
    """fwctl and its peers, each with the same hub."""

    def our(self, *arguments, **how):
        return measure.run([lab.BIN / "fwctl", *arguments], self.env(), self.folder, **how)

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
    table.add(f"{name}: peak RSS", max(cost.peak_mib for cost in costs["fwctl"]), "MiB", 24)
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


class Table:
    def __init__(self):
        self.rows = []

    def add(self, name, value, unit, goal=None):
        self.rows.append({"name": name, "value": round(value, 3), "unit": unit}
                         | ({"goal": goal, "met": value <= goal} if goal is not None else {}))
        told = "" if goal is None else f"{'met' if value <= goal else 'MISSED'}: at most {goal}"
        print(f"{name:58} {value:10.2f} {unit:11} {told}".rstrip(), flush=True)


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
            bench.add_twins(service, 0, options.twins)
            for part in PARTS:
                globals()[part](bench, service, options, table)
    finally:
        bench.doCleanups()
    write_json(options.json, table.rows)


if __name__ == "__main__":
    main()
