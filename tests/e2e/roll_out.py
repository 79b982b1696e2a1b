"""A whole roll-out with real sockets: schedule, monitor, status."""
import json
import unittest

import lab


class RollOut(lab.Lab):
    def test_every_chiller_runs_the_new_firmware_and_no_pump_is_touched(self):
        self.start_fleet(30)
        self.start_fleet(5, "pump-", "pump")

        job = self.schedule()
        self.fwctl("monitor", job, "--interval", "1s", "--timeout", "60s", code=0)

        for number in range(1, 31):
            firmware = self.twin(f"chiller-{number:03}")["reported"]["firmware"]
            self.assertEqual((firmware["currentFwVersion"], firmware["fwUpdateStatus"]), ("2.8.5", "current"))
        for number in range(1, 6):
            self.assertNotIn("firmware", self.twin(f"pump-{number:03}")["desired"])

    def test_a_fleet_that_fails_in_part_is_told_by_the_exit_code(self):
        self.start_fleet(20, "chiller-", "chiller", 200, "--error-share", "10%", "--seed", "7")

        job = self.schedule()
        self.fwctl("monitor", job, "--interval", "1s", "--timeout", "60s", code=6)

    def test_the_device_gets_the_tutorials_patch(self):
        self.start_fleet(1, "chiller-", "chiller", 1000)

        job = self.schedule()
        self.fwctl("monitor", job, "--until", "written", "--interval", "1s", code=0)

        desired = self.twin("chiller-001")["desired"]
        self.assertEqual(desired["patchId"], "Firmware update")
        self.assertEqual(desired["firmware"], {"fwVersion": "2.8.5", "fwPackageURI": "https://secureuri/package.bin",
                                               "fwPackageCheckValue": "123456abcde"})

    def twin(self, device):
        return json.loads(self.fwctl("twin", "show", device, "-o", "json", code=0).stdout)["twin"]["properties"]


if __name__ == "__main__":
    unittest.main()
