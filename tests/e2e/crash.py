"""The hub is killed in the middle of its work; nothing that it acknowledged may be lost."""
import time
import unittest

import lab

DEVICES = 1000


class Crash(lab.Lab):
    # Slow enough for the kill to fall into the middle of the job.
    hub_options = ("--job-pace", "400")

    def test_a_job_over_a_thousand_devices_goes_on_after_kill_9(self):
        self.start_fleet(DEVICES, "chiller-", "chiller", 1000)
        job = self.schedule()
        self.wait_for_writes(job, DEVICES // 10)

        self.restart_hub_after_kill()

        self.fwctl("monitor", job, "--until", "written", "--interval", "1s", "--timeout", "60s", code=0)
        statistics = self.fwctl_json("job", "show", job)["job"]["deviceJobStatistics"]
        self.assertEqual((statistics["deviceCount"], statistics["succeededCount"]), (DEVICES, DEVICES))
        self.fwctl("monitor", job, "--interval", "1s", "--timeout", "120s", code=0)

    def wait_for_writes(self, job, count):
        deadline = time.monotonic() + lab.PATIENCE
        while time.monotonic() < deadline:
            written = self.fwctl_json("job", "show", job)["job"].get("deviceJobStatistics", {}).get("succeededCount", 0)
            if written >= count:
                self.assertLess(written, DEVICES, "the job was over before the kill")
                return
            time.sleep(0.05)
        self.fail("the job never got going")


if __name__ == "__main__":
    unittest.main()
