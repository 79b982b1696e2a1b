"""Every document that fwctl prints fits the schema that fwctl has of it, and a key that the schema does not declare would not."""
import json
import subprocess
import unittest

import jsonschema

import lab


class Schemas(lab.Lab):
    def setUp(self):
        super().setUp()
        self.names = [each["name"] for each in self.fwctl_json("schema")["schemas"]]
        self.used = set()

    def schema(self, name):
        return json.loads(self.fwctl("schema", name, code=0).stdout)

    def validator(self, name):
        schema = self.schema(name)
        jsonschema.Draft202012Validator.check_schema(schema)
        return jsonschema.Draft202012Validator(schema, format_checker=jsonschema.FormatChecker())

    def check_document(self, name, document):
        self.used.add(name)
        validator = self.validator(name)
        validator.validate(document)
        self.assertFalse(validator.is_valid(document | {"undeclared": 1}), f"{name} takes any key")
        self.assertFalse(validator.is_valid(document | {"schemaVersion": 2}), f"{name} takes any version")

    def check(self, name, *arguments, each=None, code=0, rows=None):
        """-o json fits the schema `name`, and each line of -o jsonl the schema `each` (or the same)."""
        with self.subTest(command=arguments, form="json"):
            self.check_document(name, self.fwctl_json(*arguments, code=code))
        with self.subTest(command=arguments, form="jsonl"):
            lines = self.fwctl(*arguments, "-o", "jsonl", code=code).stdout.splitlines()
            self.assertTrue(lines if rows is None else len(lines) == rows, lines)
            for line in lines:
                self.check_document(each or name, json.loads(line))

    def check_once(self, name, *arguments, code=0, form="json"):
        """For what can't be done twice."""
        with self.subTest(command=arguments, form=form):
            for line in [self.fwctl(*arguments, "-o", "json", code=code).stdout] if form == "json" else \
                    self.fwctl(*arguments, "-o", "jsonl", code=code).stdout.splitlines():
                self.check_document(name, json.loads(line))

    def check_devices(self):
        self.check("devices", "device", "list", each="device", rows=0)
        self.check_once("devices", "device", "create", "a", "b", "--tags", '{"building":"43"}')
        self.check_once("device", "device", "create", "c", form="jsonl")
        self.check("devices", "device", "list", each="device", rows=3)
        self.check("device", "device", "show", "a")
        self.check("device", "device", "show", "a", "--show-keys")
        self.check("device-connection-string", "device", "connection-string", "a")
        self.check("status-devices", "status", "--once", "--devices", "--where", "*", each="status-device", rows=3)
        self.check("twin", "twin", "show", "a")
        self.check("twin", "twin", "update", "a", "--desired", '{"interval":5}')
        self.check("rows", "query", "SELECT * FROM devices", each="row", rows=3)
        self.check("rows", "query", "SELECT COUNT() AS devices FROM devices", each="row", rows=1)
        self.check("rows", "query", "SELECT * FROM devices WHERE deviceId='nobody'", each="row", rows=0)
        self.check_once("deleted-devices", "device", "delete", "a", "b")
        self.check_once("deleted-device", "device", "delete", "c", form="jsonl")

    def schedule_arguments(self, *more, version="2.8.5"):
        return ("schedule", "--fw-version", version, "--package-uri", "https://secureuri/package.bin",
                "--check-value", "123456abcde", *more)

    def check_schedules(self):
        """One job, one of named devices, and one of a list so long that it becomes several."""
        nobody = ("--where", "tags.devicetype='nobody'")
        long_list = self.folder / "devices.txt"
        long_list.write_text("".join(f"chiller-{number:012}\n" for number in range(600)))
        for number, targets in enumerate((nobody, ("--device", "a"), ("--devices-file", long_list))):
            self.check("dry-run", *self.schedule_arguments(*targets, "--dry-run"))
            self.check("schedule", *self.schedule_arguments(*targets, "--job-id", f"job-{number}"))
        self.assertIn("parts", self.fwctl_json(*self.schedule_arguments("--devices-file", long_list, "--dry-run")))
        self.check_once("schedule", *self.schedule_arguments(*nobody, "--start-at", "+2h"))

    def check_a_roll_out(self):
        """Half of the devices fail; all the documents on the way to the end of that, and those afterwards."""
        self.check("status", "status", "--once")
        fleet = self.start_fleet(6, "chiller-", "chiller", 100, "--seed", 7, "--error-share", "50%")
        self.check("dry-run", *self.schedule_arguments("--dry-run"))
        job = self.schedule()
        self.check("monitor", "monitor", job, "--once", code=8)
        self.check_once("monitor", "monitor", job, "--interval", "100ms", code=6, form="jsonl")
        self.check("monitor", "monitor", job, code=6)
        self.check("monitor", "monitor", job, "--until", "written")
        self.check("status", "status", "--once")
        self.check("status", "status", "--once", "--limit", "0")
        self.check("status", "status", "--until-version", "2.8.5", code=6)
        fleet.stop()

    def check_other_ends(self):
        """Nothing to do, not yet, cancelled."""
        nobody = ("--where", "tags.devicetype='nobody'")
        self.check_once("monitor", *self.schedule_arguments(*nobody, "--wait"), code=5)
        self.check_once("monitor", *self.schedule_arguments(*nobody, "--wait", "--allow-empty"), form="jsonl")
        later = self.schedule(*nobody, "--start-at", "+2h")
        self.check("monitor", "monitor", later, "--once", code=8)
        self.fwctl("job", "cancel", later, code=0)
        self.check("monitor", "monitor", later, code=10)

    def check_jobs(self):
        self.fwctl("device", "create", "a", "b", code=0)
        done = self.schedule("--where", "*", "--confirm", "--wait", "--until", "written")
        self.check("job-devices", "job", "devices", done, each="job-device", rows=2)
        job = self.schedule("--where", "*", "--confirm", "--start-at", "+2h")
        self.check("job", "job", "show", job)
        self.check("jobs", "job", "list", each="job", rows=2)
        self.check("jobs", "job", "list", "--status", "failed", each="job", rows=0)
        self.check("job-devices", "job", "devices", job, each="job-device", rows=0)
        self.check_once("job", "job", "cancel", job)
        self.check_once("job", "job", "cancel", self.schedule("--where", "*", "--confirm", "--start-at", "+2h"), form="jsonl")

    def check_first_aid(self):
        self.check("version", "version")
        self.check("sas-token", "sas-token")
        self.check("schemas", "schema", each="schema", rows=len(self.names))

    def test_are_strict_about_every_key_of_ours(self):
        """What has properties is ours, and declares them all; what is the hub's has none."""
        def objects(schema):
            if isinstance(schema, dict):
                yield schema
            for part in schema.values() if isinstance(schema, dict) else schema if isinstance(schema, list) else []:
                yield from objects(part)

        for name in self.names:
            for schema in objects(self.schema(name)):
                if isinstance(schema.get("properties"), dict) and "type" in schema:
                    self.assertIs(schema.get("additionalProperties"), False, f"{name}: {schema}")

    def test_fit_every_document(self):
        self.check_devices()
        self.check_jobs()
        self.check_schedules()
        self.check_a_roll_out()
        self.check_other_ends()
        self.check_first_aid()
        self.assertEqual(sorted(self.used), sorted(self.names), "a schema that no document is checked against")

    def test_fit_a_list_that_an_error_cut_short(self):
        self.fwctl("device", "create", *(f"d{number}" for number in range(101)), code=0)
        self.restart_hub_after_kill_with_latency()
        with subprocess.Popen([lab.BIN / "fwctl", "query", "SELECT * FROM devices", "-o", "json", "--timeout", "3s"],
                              env=self.env(), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as running:
            first = running.stdout.readline()
            self.hub.kill()
            document = json.loads(first + running.stdout.read())

        self.assertEqual(running.returncode, 75)
        self.assertIs(document["incomplete"], True)
        self.check_document("rows", document)

    def restart_hub_after_kill_with_latency(self):
        self.hub.kill()
        self.hub_options = ("--latency-ms", "1000")
        self.start_hub(self.hub_info["httpsPort"], self.hub_info["mqttPort"])


if __name__ == "__main__":
    unittest.main()
