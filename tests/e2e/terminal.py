"""What a person sees: monitor and status in a real terminal emulator, tmux, of three widths and through a resize."""
import re
import shlex
import subprocess
import time
import unittest

import lab


class Terminal(lab.Lab):
    def setUp(self):
        super().setUp()
        self.windows = 0
        self.fwctl("device", "create", "chiller-1", "chiller-2", "--tags", '{"devicetype":"chiller"}', code=0)

    def tmux(self, *arguments):
        return subprocess.run(["tmux", "-f", "/dev/null", "-S", str(self.socket), *map(str, arguments)], check=True,
                              capture_output=True, text=True, timeout=lab.PATIENCE, env=self.env(TERM="xterm-256color"))

    def open(self, width, *arguments, height=24):
        """Runs fwctl in a terminal of its own; what is written before and after stands around it."""
        self.windows += 1
        self.socket = self.folder / f"tmux-{self.windows}"
        self.addCleanup(subprocess.run, ["tmux", "-S", str(self.socket), "kill-server"], capture_output=True)
        exports = " ".join(f"{name}={shlex.quote(value)}" for name, value in self.env(LANG="C.UTF-8").items())
        command = shlex.join([str(lab.BIN / "fwctl"), *map(str, arguments)])
        self.tmux("new-session", "-d", "-x", width, "-y", height,
                  f"env {exports} sh -c 'trap : INT; echo above; {command}; echo ended $?; sleep 1000'")

    def screen(self):
        return [line.rstrip() for line in self.tmux("capture-pane", "-p").stdout.rstrip().splitlines()]

    def wait_for(self, pattern):
        deadline = time.monotonic() + lab.PATIENCE
        while not any(re.search(pattern, line) for line in self.screen()):
            self.assertLess(time.monotonic(), deadline, f"{pattern} in {self.screen()}")
            time.sleep(0.2)
        return self.screen()

    def resize(self, width, height):
        self.tmux("resize-window", "-x", width, "-y", height)
        time.sleep(2.5)  # a drawing later

    def assert_one_block(self, screen, title, width):
        self.assertEqual([line.startswith(title) for line in screen].count(True), 1, screen)
        self.assertEqual([line.startswith("applied") for line in screen].count(True), 1, screen)
        self.assertTrue(all(len(line) < width for line in screen), screen)

    def test_a_monitor_is_one_block_at_every_width_and_gone_at_the_end(self):
        job = self.schedule()
        for width in (40, 80, 200):
            with self.subTest(width=width):
                self.open(width, "monitor", job, "--timeout", "7s", "--interval", "1s")
                screen = self.wait_for(f"job {job[:10]}.*, [3-6]s" if width > 40 else "counted [01]s ago")
                self.assert_one_block(screen, f"job {job[:10]}", width)
                self.assertEqual(screen[0], "above")
                self.assertTrue(any("offline" in line and "█" in line for line in screen), screen)
                ended = self.wait_for("ended 124")
                self.assertEqual([line for line in ended if "█" in line], [])
                self.assertTrue(any("deadline_passed" in line for line in ended), ended)

    def test_a_resize_leaves_one_block(self):
        self.open(120, "status", "--interval", "1s")
        self.wait_for("2 devices of tags.*, [1-9]s")
        for width in (50, 160, 80):
            with self.subTest(width=width):
                self.resize(width, 24)
                self.assert_one_block(self.screen(), "2 devices of tags", width)

    def test_a_window_that_was_too_small_shows_one_block_again(self):
        self.open(120, "status", "--interval", "1s")
        self.wait_for("2 devices of tags.*, [1-9]s")
        self.resize(10, 5)
        self.resize(120, 24)
        self.assert_one_block(self.screen(), "2 devices of tags", 120)

    def test_ctrl_c_leaves_what_was_seen_last(self):
        self.open(80, "status")
        self.wait_for("2 devices of tags.*, [1-9]s")
        self.tmux("send-keys", "C-c")
        screen = self.wait_for("ended 130")
        self.assertTrue(any("not started" in line or "untouched" in line for line in screen), screen)
        self.assertTrue(any("To go on: fwctl status" in line for line in screen), screen)

    def test_a_failure_stands_above_the_block(self):
        fleet = self.start_fleet(3, "pump-", "pump", 100, "--error-share", "100%")
        job = self.schedule("--where", "tags.devicetype='pump'")
        self.open(100, "monitor", job, "--interval", "1s", "--timeout", "1m")
        ended = self.wait_for("ended 5")
        told = [line for line in ended if re.match(r"fwctl: pump-\d+ (failed|rolled back)", line)]
        self.assertGreaterEqual(len(told), 3, ended)
        fleet.stop()


if __name__ == "__main__":
    unittest.main()
