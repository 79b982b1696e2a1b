"""The real Azure Node SDKs against fwhub, fwctl and fwdevice: theirs with theirs, ours with theirs, theirs with ours."""
import json
import pathlib
import time
import unittest

import lab

HERE = pathlib.Path(__file__).parent


class AzureSdks(lab.Lab):
    hub_options = ("--control-port", "0")

    def node(self, script, *arguments):
        """Starts a Node program that finds the hub in its environment."""
        return self.start("node", HERE / script, *arguments, FWHUB=json.dumps(self.hub_info),
                          NODE_EXTRA_CA_CERTS=self.hub_info["caFile"])

    def node_to_end(self, script, *arguments):
        process = self.node(script, *arguments)
        line = json.loads(process.next_line())
        self.assertEqual(process.popen.wait(timeout=lab.PATIENCE), 0, process.log.read_text())
        return line

    def their_device(self, device, *transport):
        self.fwctl("device", "create", device, "--tags", '{"devicetype":"chiller"}', code=0)
        process = self.node("device.js", device, *transport)
        process.wait_for(lambda line: "online" in line)
        return process

    def test_their_service_client_finds_what_it_expects(self):
        self.assertEqual(self.node_to_end("registry.js"), {"ok": True})

    def test_their_client_with_their_device(self):
        self.their_device("chiller-a")

        self.assertEqual(self.node_to_end("roll_out.js"), {"job": "completed", "devices": 1})

    def test_fwctl_with_their_device(self):
        self.their_device("chiller-a")

        self.fwctl("monitor", self.schedule(), "--interval", "1s", "--timeout", "60s", code=0)

    def test_their_client_with_fwdevice(self):
        self.start_fleet(5)

        self.assertEqual(self.node_to_end("roll_out.js"), {"job": "completed", "devices": 5})

    def test_fwctl_with_their_device_over_websocket(self):
        self.their_device("chiller-a", "websocket")

        self.fwctl("monitor", self.schedule(), "--interval", "1s", "--timeout", "60s", code=0)

    def test_their_modules_are_what_they_expect(self):
        self.assertEqual(self.node_to_end("modules.js"), {"ok": True})

    def test_their_methods_reach_their_devices(self):
        self.assertEqual(self.node_to_end("methods.js"), {"ok": True})

    def test_their_configurations_are_what_they_expect(self):
        self.assertEqual(self.node_to_end("configurations.js"), {"ok": True})

    def test_their_configuration_reaches_a_fleet(self):
        self.start_fleet(5)
        self.fwctl("device", "create", "oven", "--tags", '{"devicetype":"oven"}', code=0)

        self.assertEqual(self.node_to_end("configure.js"), {"targeted": 5, "applied": 5, "current": 5})
        self.assertNotIn("configurations", self.fwctl_json("twin", "show", "oven")["twin"])

    def test_their_configuration_reaches_their_device(self):
        self.their_device("chiller-a")

        self.assertEqual(self.node_to_end("configure.js"), {"targeted": 1, "applied": 1, "current": 1})

    def test_their_device_comes_back_to_a_hub_that_was_killed(self):
        self.come_back(self.their_device("chiller-a"))

    def test_their_device_comes_back_over_websocket(self):
        self.come_back(self.their_device("chiller-a", "websocket"))

    def test_their_device_lives_through_lost_connections_and_renewed_tokens(self):
        self.assertEqual(self.node_to_end("reconnects.js"), {"ok": True})

    def test_their_device_lives_through_lost_connections_over_websocket(self):
        self.assertEqual(self.node_to_end("reconnects.js", "websocket"), {"ok": True})

    def come_back(self, device):
        self.restart_hub_after_kill()
        # A hub queues no notification for an absent device, and this SDK asks for none when it comes back.
        self.wait_until_connected("chiller-a")
        self.schedule()

        device.wait_for(lambda line: line.get("running") == "2.8.5")

    def test_no_acknowledged_report_is_lost_by_kill_9(self):
        self.fwctl("device", "create", "chiller-a", code=0)
        reporter = self.node("reporter.js", "chiller-a")
        reporter.wait_for(lambda line: line["acknowledged"] >= 200)

        self.hub.kill()
        reporter.kill()
        acknowledged = self.last_number(reporter)
        self.start_hub(self.hub_info["httpsPort"], self.hub_info["mqttPort"])

        twin = self.fwctl_json("twin", "show", "chiller-a")["twin"]
        self.assertGreaterEqual(twin["properties"]["reported"]["n"], acknowledged)

    def wait_until_connected(self, device):
        deadline = time.monotonic() + lab.PATIENCE
        while self.fwctl_json("twin", "show", device)["twin"]["connectionState"] != "Connected":
            self.assertLess(time.monotonic(), deadline, f"{device} never came back")
            time.sleep(0.1)

    def last_number(self, reporter):
        number = 0
        while (line := reporter.lines.get(timeout=lab.PATIENCE)) is not None:
            number = json.loads(line)["acknowledged"]
        return max(number, 200)


if __name__ == "__main__":
    unittest.main()
