"""One process at a time: what it costs from start to exit, and how it is as long as it runs."""
import os
import pathlib
import statistics
import subprocess
import time


class Cost:
    """CPU is user and system time of the whole process; the rest is what was seen while it ran."""

    def __init__(self, cpu_ms, wall_ms, peak_mib, first_byte_ms):
        self.cpu_ms, self.wall_ms, self.peak_mib, self.first_byte_ms = cpu_ms, wall_ms, peak_mib, first_byte_ms


def status_kib(pid, name):
    """A line of /proc/PID/status; 0 when the process is gone."""
    try:
        lines = pathlib.Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith(name + ":")), 0)


def run(arguments, env, cwd, out=subprocess.DEVNULL, watch_memory=False):
    """Runs it to its end, which must be a success.

    The peak comes from the process's own high-water mark, read while it runs: the one that wait4 tells is at least
    that of the process which started it.
    """
    start = time.perf_counter()
    process = subprocess.Popen([str(a) for a in arguments], env=env, cwd=cwd, stdin=subprocess.DEVNULL, stdout=out,
                               stderr=subprocess.PIPE)
    first_byte, peak = 0, 0
    if out == subprocess.PIPE:
        os.read(process.stdout.fileno(), 1)
        first_byte = (time.perf_counter() - start) * 1000
        process.stdout.close()
    while watch_memory and os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT | os.WNOHANG) is None:
        peak = max(peak, status_kib(process.pid, "VmHWM"))
        time.sleep(0.02)
    _, status, used = os.wait4(process.pid, 0)
    wall = (time.perf_counter() - start) * 1000
    process.returncode = os.waitstatus_to_exitcode(status)
    told = process.stderr.read().decode(errors="replace")
    process.stderr.close()
    if process.returncode != 0:
        raise AssertionError(f"{arguments[0]} ended with {process.returncode}: {told}")
    return Cost((used.ru_utime + used.ru_stime) * 1000, wall, peak / 1024, first_byte)


def median(costs, name):
    return statistics.median(getattr(cost, name) for cost in costs)


def side_by_side(rounds, programs):
    """{name: its costs}. They take turns, so that a busy moment of the machine meets all of them."""
    costs = {name: [] for name in programs}
    for _ in range(rounds):
        for name, work in programs.items():
            costs[name].append(work())
    return costs
