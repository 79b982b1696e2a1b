"""The faults that show on the wire alone, on real sockets: tests/unit/fwctl/fault_matrix has all of them, and every command."""
import json
import unittest

import lab
from switches import Controlled

FIRMWARE = ("--fw-version", "2.8.5", "--package-uri", "https://h/p.bin", "--check-value", "1")
ONCE = ({"dropBefore": 1, "faultLimit": 1}, {"dropAfter": 1, "faultLimit": 1}, {"truncate": 1, "faultLimit": 1})
SLOW = ({"slowBody": 1, "slowBodyRate": 20_000}, {"latencyMs": 200})
LASTING = ({"dropBefore": 1}, {"dropAfter": 1}, {"truncate": 1}, {"slowBody": 1, "slowBodyRate": 10},
           {"latencyMs": 60_000})


class Faults(Controlled):
    def setUp(self):
        super().setUp()
        self.start_fleet(2)

    def commands(self, number):
        """Reads, writes and a roll-out that is watched, under names of their own."""
        job, device = f"job-{number}", f"new-{number}"
        return (("schedule", *FIRMWARE, "--job-id", job, "--wait", "--interval", "1s"), ("job", "show", job),
                ("status", "--once"), ("query", "SELECT * FROM devices"), ("device", "create", device),
                ("twin", "update", device, "--tags", '{"x":1}'), ("device", "delete", device))

    def strikes(self):
        return sum(count for name, count in self.counters().items() if name.startswith("fault."))

    def test_what_happens_once_does_no_harm(self):
        for number, switches in enumerate(ONCE):
            for command in self.commands(number):
                with self.subTest(command=command, **switches):
                    before = self.strikes()
                    self.switch(**switches)
                    self.fwctl_json(*command)
                    self.assertEqual(self.strikes(), before + 1)

    def test_what_is_slow_does_no_harm(self):
        for number, switches in enumerate(SLOW):
            self.switch(**switches)
            for command in self.commands(number):
                with self.subTest(command=command, **switches):
                    self.fwctl_json(*command)

    def test_what_lasts_ends_with_the_time(self):
        self.fwctl("schedule", *FIRMWARE, "--job-id", "job-0", code=0)
        for switches in LASTING:
            for command in (("monitor", "job-0"), ("query", "SELECT * FROM devices")):
                with self.subTest(command=command, **switches):
                    self.switch(**switches)
                    done = self.fwctl(*command, "--timeout", "2s", "-o", "json", "--log-format", "json")
                    self.assertEqual((done.returncode, done.stdout), (75, ""), done.stderr)
                    self.assertEqual([json.loads(line)["level"] for line in done.stderr.splitlines()][-1], "error")


if __name__ == "__main__":
    unittest.main()
