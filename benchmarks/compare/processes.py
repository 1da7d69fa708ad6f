# SPDX-License-Identifier: BSL-1.0
"""Starting, measuring and stopping the processes of a comparison (Linux)."""
import ctypes
import os
import signal
import socket
import subprocess
import time
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK")
PR_SET_PDEATHSIG = 1


def free_port() -> int:
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def pinned(cores):
    """For preexec_fn: run on cores only, and end when this program ends, however."""
    libc = ctypes.CDLL(None)

    def set_up():
        libc.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
        if cores:
            os.sched_setaffinity(0, cores)
    return set_up


def children(pid: int) -> list[int]:
    """pid and all its descendants."""
    found = [pid]
    try:
        for task in Path(f"/proc/{pid}/task").iterdir():
            for child in (task / "children").read_text().split():
                found += children(int(child))
    except OSError:
        pass  # it ended meanwhile
    return found


def cpu_seconds(pid: int) -> float:
    """CPU time of pid and its descendants so far: of each thread what schedstat reports in
    nanoseconds, or, where the kernel does not keep it, utime + stime in clock ticks."""
    total = 0.0
    for one in children(pid):
        for task in Path(f"/proc/{one}/task").iterdir():
            try:
                try:
                    nanoseconds = int((task / "schedstat").read_text().split()[0])
                except FileNotFoundError:
                    nanoseconds = 0
                if nanoseconds:
                    total += nanoseconds / 1e9
                else:
                    fields = (task / "stat").read_text().rpartition(")")[2].split()
                    total += (int(fields[11]) + int(fields[12])) / TICKS
            except OSError:
                pass  # the thread ended meanwhile
    return total


def machine_busy() -> tuple[float, float]:
    """Seconds that all processors were busy, and that a hypervisor took, since boot."""
    user, nice, system, _, _, irq, softirq, steal = map(
        int, Path("/proc/stat").read_text().splitlines()[0].split()[1:9])
    return (user + nice + system + irq + softirq) / TICKS, steal / TICKS


class Processes:
    """Child processes, stopped by their own ids when the block is left."""

    def __enter__(self):
        self.running = []
        return self

    def start(self, command, cores, log: Path, **more) -> subprocess.Popen:
        with open(log, "ab") as out:
            child = subprocess.Popen([str(part) for part in command], stdin=subprocess.DEVNULL, stdout=out,
                                     stderr=out, preexec_fn=pinned(cores), **more)
        self.running.append(child)
        return child

    def wait_for_port(self, child, port: int, log: Path):
        for _ in range(200):
            if child.poll() is not None:
                raise SystemExit(f"{child.args[0]} ended at once:\n{log.read_text()[-2000:]}")
            with socket.socket() as s:
                if s.connect_ex(("127.0.0.1", port)) == 0:
                    return
            time.sleep(0.05)
        raise SystemExit(f"{child.args[0]} does not listen on port {port}:\n{log.read_text()[-2000:]}")

    def __exit__(self, *_):
        for child in self.running:
            if child.poll() is None:
                child.terminate()
        for child in self.running:
            try:
                child.wait(5)
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()
