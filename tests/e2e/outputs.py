"""What scripts see: stdout is valid JSON or empty, and the exit code is the table's."""
import json
import socket
import unittest

import lab

WRONG_KEY = "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="


class Outputs(lab.Lab):
    def assert_json(self, done, code):
        self.assertEqual(done.returncode, code, done.stderr)
        for line in done.stdout.splitlines() if "jsonl" in done.args else [done.stdout] if done.stdout else []:
            json.loads(line)

    def wrong_key(self):
        return {"IOTHUB_CONNECTION_STRING": self.hub_info["connectionString"].rsplit("SharedAccessKey=", 1)[0]
                + "SharedAccessKey=" + WRONG_KEY}

    def schedule_arguments(self):
        return ("schedule", "--fw-version", "2.8.5", "--package-uri", "https://secureuri/package.bin",
                "--check-value", "123456abcde", "-o", "json")

    def test_a_roll_out_that_succeeds(self):
        self.start_fleet(3)

        scheduled = self.fwctl(*self.schedule_arguments())
        self.assert_json(scheduled, 0)
        self.assert_json(self.fwctl("monitor", json.loads(scheduled.stdout)["jobId"], "-o", "jsonl", "--interval", "1s"), 0)
        self.assert_json(self.fwctl("status", "--once", "-o", "json"), 0)

    def test_an_empty_fleet(self):
        scheduled = self.fwctl(*self.schedule_arguments())
        self.assert_json(scheduled, 0)
        self.assert_json(self.fwctl("monitor", json.loads(scheduled.stdout)["jobId"], "-o", "jsonl", "--interval", "1s"), 5)
        status = self.fwctl("status", "--once", "-o", "json")
        self.assert_json(status, 0)
        self.assertNotEqual(status.stdout, "")

    def test_an_unknown_job(self):
        for form in ("json", "jsonl"):
            for command in ("monitor", "job show", "job devices", "job cancel"):
                with self.subTest(command=command, form=form):
                    self.assert_json(self.fwctl(*command.split(), "no-such-job", "-o", form), 3)

    def test_a_wrong_key(self):
        for arguments in (self.schedule_arguments(), ("monitor", "job-1", "-o", "jsonl"),
                          ("status", "--once", "-o", "json"), ("query", "SELECT * FROM devices", "-o", "jsonl")):
            with self.subTest(command=arguments[0]):
                done = self.fwctl(*arguments, **self.wrong_key())
                self.assert_json(done, 4)
                self.assertEqual(done.stdout, "")
                self.assertNotIn(WRONG_KEY, done.stderr)

    def test_a_log_collector_gets_json_alone(self):
        for arguments, env, code in (
                (("status", "--once"), {}, 0), (("job", "show", "no-such-job"), {}, 3), (("job", "lsit"), {}, 2),
                (("job", "list"), self.wrong_key(), 4), (("job", "list", "--timeout", "1s"), {"SSL_CERT_FILE": "/dev/null"}, 75),
                (("schedule", "--fw-version", "1", "--package-uri", "http://h/p", "--check-value", "1"), {}, 2)):
            with self.subTest(command=arguments):
                done = self.fwctl(*arguments, "-vv", "--log-format", "json", code=code, **env)
                lines = [json.loads(line) for line in done.stderr.splitlines()]
                self.assertLessEqual({"time", "level", "message"}, set.intersection(*map(set, lines)))
                self.assertEqual([line["exitCode"] for line in lines if line["level"] == "error"], [code] if code else [])

    def test_no_hub_at_all(self):
        self.hub.stop()

        self.assert_json(self.fwctl("status", "--once", "-o", "json", "--timeout", "2s"), 75)

    def test_a_hub_that_takes_the_connection_and_says_nothing(self):
        with socket.create_server(("127.0.0.1", 0)) as silent:
            port = silent.getsockname()[1]
            done = self.fwctl("job", "list", "-o", "json", "--timeout", "1s", IOTHUB_CONNECTION_STRING=(
                f"HostName=127.0.0.1:{port};SharedAccessKeyName=service;SharedAccessKey={WRONG_KEY}"))

        self.assert_json(done, 75)
        self.assertIn("did not answer", done.stderr)

    def test_a_certificate_that_nobody_vouches_for(self):
        done = self.fwctl("status", "--once", "--timeout", "2s", SSL_CERT_FILE="/dev/null")

        self.assertEqual(done.returncode, 75, done.stderr)
        self.assertIn("--ca-file", done.stderr)


if __name__ == "__main__":
    unittest.main()
