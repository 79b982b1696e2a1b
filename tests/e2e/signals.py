"""Stopping the programs from outside."""
import os
import signal
import unittest

import lab


class Signals(lab.Lab):
    def watch(self):
        """A monitor of a job that starts in an hour."""
        self.fwctl("device", "create", "chiller-1", code=0)
        job = self.schedule("--start-at", "+1h")
        process = self.start(lab.BIN / "fwctl", "monitor", job, "-o", "jsonl")
        process.next_line()
        return job, process

    def test_ctrl_c_detaches_says_how_to_go_on_and_leaves_the_job_alone(self):
        job, process = self.watch()

        self.assertEqual(process.stop(signal.SIGINT), 130)

        self.assertIn(f"fwctl monitor {job}", process.log.read_text())
        self.assertEqual(self.fwctl_json("job", "show", job)["job"]["status"], "scheduled")

    def test_sigterm_ends_with_143(self):
        _, process = self.watch()

        self.assertEqual(process.stop(signal.SIGTERM), 143)

    def test_signals_that_come_together_are_one(self):
        _, process = self.watch()
        for _ in range(2):
            os.kill(process.popen.pid, signal.SIGINT)

        self.assertEqual(process.popen.wait(timeout=lab.PATIENCE), 130)

        self.assertIn("detached; nothing was cancelled", process.log.read_text())

    def test_a_terminal_that_goes_away_detaches(self):
        job, process = self.watch()

        self.assertEqual(process.stop(signal.SIGHUP), 143)

        self.assertIn(f"fwctl monitor {job}", process.log.read_text())

    def test_hub_and_fleet_stop_cleanly(self):
        fleet = self.start_fleet(3)

        self.assertEqual(fleet.stop(), 0)
        self.assertEqual(self.hub.stop(), 0)


if __name__ == "__main__":
    unittest.main()
