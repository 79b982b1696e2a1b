"""A hub, fleets and the operator's tool as real processes on free loopback ports, for the end-to-end tests.

Everything a Lab starts ends with it, and everything it writes is in one temporary folder.
"""
import json
import os
import pathlib
import queue
import shutil
import signal
import subprocess
import tempfile
import threading
import time
import unittest

BIN = pathlib.Path(os.environ["FWCTL_BIN"])
# Sanitizers and busy machines are slow; no test waits this long when all is well.
PATIENCE = float(os.environ.get("FWCTL_TEST_PATIENCE", "60"))


class Process:
    """A program whose stdout is read line by line while it runs."""

    def __init__(self, arguments, env, log, cwd):
        self.log = log
        with open(log, "ab") as err:
            self.popen = subprocess.Popen(
                [str(a) for a in arguments], env=env, cwd=cwd, stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE, stderr=err, text=True)
        self.lines = queue.Queue()
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self):
        for line in self.popen.stdout:
            self.lines.put(line)
        self.lines.put(None)

    def next_line(self):
        line = self.lines.get(timeout=PATIENCE)
        if line is None:
            raise AssertionError(f"ended with {self.popen.wait()}: {pathlib.Path(self.log).read_text()}")
        return line

    def wait_for(self, wanted):
        """The first JSON line of stdout that `wanted` accepts."""
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            value = json.loads(self.next_line())
            if wanted(value):
                return value
        raise AssertionError(f"waited {PATIENCE} s: {pathlib.Path(self.log).read_text()}")

    def descriptors(self):
        """How many it has open."""
        return len(os.listdir(f"/proc/{self.popen.pid}/fd"))

    def kill(self):
        self.popen.kill()
        self.popen.wait()

    def stop(self, how=signal.SIGTERM):
        """Asks it to stop; its exit code."""
        if self.popen.poll() is None:
            self.popen.send_signal(how)
        try:
            return self.popen.wait(timeout=PATIENCE)
        except subprocess.TimeoutExpired:
            self.kill()
            raise


class Lab(unittest.TestCase):
    """A test case with a hub of its own."""

    hub_options = ()

    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="fwctl-lab-"))
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)
        self.processes = []
        self.addCleanup(self._end_all)
        self.start_hub()

    def _end_all(self):
        for process in reversed(self.processes):
            if process.popen.poll() is None:
                process.kill()
            process.popen.stdout.close()

    def env(self, **more):
        """No setting of the machine's reaches a test, but where programs and their libraries are."""
        kept = ("PATH", "ASAN_OPTIONS", "LSAN_OPTIONS", "UBSAN_OPTIONS", "TSAN_OPTIONS", "LD_LIBRARY_PATH")
        base = {name: os.environ[name] for name in kept if name in os.environ}
        base |= {"HOME": str(self.folder), "XDG_STATE_HOME": str(self.folder / "state"),
                 "XDG_CONFIG_HOME": str(self.folder / "config"), "LC_ALL": "C.UTF-8"}
        if hasattr(self, "hub_info"):
            base |= {"IOTHUB_CONNECTION_STRING": self.hub_info["connectionString"],
                     "SSL_CERT_FILE": self.hub_info["caFile"]}
        return base | {name: value for name, value in more.items() if value is not None}

    def start(self, *arguments, **env):
        name = pathlib.Path(str(arguments[0])).name
        process = Process(arguments, self.env(**env), self.folder / f"{name}-{len(self.processes)}.log", self.folder)
        self.processes.append(process)
        return process

    def start_hub(self, https_port=0, mqtt_port=0):
        self.hub = self.start(BIN / "fwhub", "serve", "--data-dir", self.folder / "hub", "--https-port", https_port,
                              "--mqtt-port", mqtt_port, *self.hub_options)
        self.hub_info = json.loads(self.hub.next_line())

    def restart_hub_after_kill(self):
        """kill -9, then the same data on the same ports."""
        self.hub.kill()
        self.start_hub(self.hub_info["httpsPort"], self.hub_info["mqttPort"])

    def start_fleet(self, count, prefix="chiller-", devicetype="chiller", scale=200, *more):
        """Returns when every device is online."""
        fleet = self.start(BIN / "fwdevice", "fleet", "--count", count, "--prefix", prefix, "--tags",
                           json.dumps({"devicetype": devicetype}), "--time-scale", scale, "--mqtt-port",
                           self.hub_info["mqttPort"], "-o", "jsonl", *more)
        fleet.wait_for(lambda line: line.get("connected") == count)
        return fleet

    def fwctl(self, *arguments, code=None, **env):
        """Runs fwctl to its end; checks the exit code when one is given."""
        done = subprocess.run([str(BIN / "fwctl"), *map(str, arguments)], env=self.env(**env), cwd=self.folder,
                              stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=PATIENCE * 2)
        if code is not None:
            self.assertEqual(done.returncode, code, f"{arguments}\nstdout: {done.stdout}\nstderr: {done.stderr}")
        return done

    def fwctl_json(self, *arguments, code=0, **env):
        """The one document that `-o json` prints."""
        return json.loads(self.fwctl(*arguments, "-o", "json", code=code, **env).stdout)

    def schedule(self, *more, version="2.8.5"):
        """Schedules the tutorial's job; its id."""
        return self.fwctl_json("schedule", "--fw-version", version, "--package-uri", "https://secureuri/package.bin",
                               "--check-value", "123456abcde", *more)["jobId"]
