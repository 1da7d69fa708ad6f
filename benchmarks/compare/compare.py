# SPDX-License-Identifier: BSL-1.0
"""Loads an upstream directly, through nginx proxy_pass and through llmx-gateway in turn, and
prints what each costs. Started by `run`; asserts nothing about time, but fails when an
answer is wrong."""
import argparse
import http.client
import json
import os
import platform
import secrets
import signal
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

import bodies
from processes import Processes, cpu_seconds, free_port, machine_busy, pinned

HERE = Path(__file__).resolve().parent
PATH = "/v1/chat/completions"
CONNECTIONS = 64


def nginx_config(where: Path, workers: int, http: str, log: str = "off") -> str:
    """One nginx of its own: nothing outside of the directory, nothing but loopback."""
    own = "user root;" if os.geteuid() == 0 else ""
    return f"""
{own} daemon off; worker_processes {workers}; pid {where}/pid; error_log {where}/error.log warn;
events {{ worker_connections 4096; }}
http {{
  access_log {log}; keepalive_requests 1000000000; keepalive_timeout 300s;
  client_body_temp_path {where}/body; proxy_temp_path {where}/proxy; fastcgi_temp_path {where}/fastcgi;
  uwsgi_temp_path {where}/uwsgi; scgi_temp_path {where}/scgi;
{http}
}}
"""


def upstream_config(where: Path, port: int) -> str:
    (where / "events.sse").write_text(bodies.events())
    return nginx_config(where, 1, f"""
  server {{
    listen 127.0.0.1:{port} reuseport; root {where}; sendfile on; tcp_nopush on; open_file_cache max=16 inactive=1h;
    types {{ text/event-stream sse; }}
    location / {{ default_type application/json; return 200 '{bodies.reply()}'; }}
    # Static files are not for POST: an error page is the way to give one all the same.
    location /stream/ {{ error_page 418 =200 /events.sse; return 418; }}
    location = /events.sse {{ internal; }}
  }}""")


def proxy_config(where: Path, port: int, upstream: int, workers: int, prefix: str, log: str) -> str:
    # A line for each request, written in blocks, as llmx does it.
    lines = f"{where}/access.log combined buffer=60k flush=1s" if log == "info" else "off"
    return nginx_config(where, workers, f"""
  upstream model {{ server 127.0.0.1:{upstream}; keepalive 256; keepalive_requests 1000000000; }}
  server {{
    listen 127.0.0.1:{port} reuseport;
    location / {{ proxy_pass http://model{prefix + '/' if prefix else ''}; proxy_http_version 1.1; proxy_set_header Connection ""; }}
  }}""", lines)


def gateway_config(port: int, upstream: int, threads: int, prefix: str, key: str, log: str) -> str:
    """Everything on that a request passes, with limits that are never reached."""
    def member(group, name):
        return {"model_name": group, "model_info": {"id": name}, "litellm_params": {
            "model": "openai/gpt-4o-mini", "api_base": f"http://127.0.0.1:{upstream}{prefix}/v1",
            "api_key": "sk-upstream", "rpm": 100_000_000, "tpm": 100_000_000_000, "max_parallel_requests": 1000}}
    return json.dumps({
        "model_list": [member(bodies.MODEL, "one"), member(bodies.MODEL, "two"), member("spare", "three")],
        "router_settings": {"routing_strategy": "simple-shuffle", "num_retries": 2, "allowed_fails": 3,
                            "cooldown_time": 5, "timeout": 60, "fallbacks": [{bodies.MODEL: ["spare"]}]},
        "general_settings": {"host": "127.0.0.1", "port": port, "threads": threads, "master_key": key, "log_level": log,
                             "requests_per_minute": 100_000_000, "tokens_per_minute": 100_000_000_000,
                             "requests_per_minute_per_caller": 100_000_000,
                             "tokens_per_minute_per_caller": 100_000_000_000},
    }, indent=1)


def post(port: int, body: bytes, key: str | None):
    c = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    head = {"Content-Type": "application/json"}
    if key:
        head["Authorization"] = f"Bearer {key}"
    c.request("POST", PATH, body, head)
    r = c.getresponse()
    answer = r.status, r.read(), {k.lower(): v for k, v in r.getheaders()}
    c.close()
    return answer


class Target:
    def __init__(self, name: str, port: int, process=None, log: Path | None = None, path: str = PATH):
        self.name, self.port, self.process, self.log, self.path = name, port, process, log, path
        self.cpu, self.rate, self.p50, self.p99, self.use = [], [], [], [], []


class Foreign:
    """How much the machine did beside what is measured."""

    def __init__(self):
        self.share, self.steal = [], []

    def around(self, ours: float, before, after, wall: float):
        cores = os.cpu_count() or 1
        self.share.append(max(0.0, after[0] - before[0] - ours) / wall / cores)
        self.steal.append((after[1] - before[1]) / wall / cores)


def load(target: Target, processes, connections: int, seconds: float, body: Path, key: str, cores, foreign):
    """One run of wrk; its figures, and the CPU seconds of the target's processes."""
    busy = machine_busy()
    ours = sum(cpu_seconds(p.pid) for p in processes)
    own = cpu_seconds(target.process.pid) if target.process else 0.0
    child = subprocess.Popen(
        ["wrk", "-t1", f"-c{connections}", f"-d{seconds:.0f}s", "--timeout", "10s", "-s", str(HERE / "load.lua"),
         f"http://127.0.0.1:{target.port}{target.path}", "--", str(body), key],
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, preexec_fn=pinned(cores), text=True)
    try:
        out = child.stdout.read()
        _, status, used = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
    finally:
        if child.returncode is None:
            child.kill()
            child.wait()
    lines = [line for line in out.splitlines() if line.startswith("{")]
    if child.returncode or not lines:
        raise SystemExit(f"wrk failed:\n{out}")
    own = cpu_seconds(target.process.pid) - own if target.process else 0.0
    ours = sum(cpu_seconds(p.pid) for p in processes) - ours + used.ru_utime + used.ru_stime
    figures = json.loads(lines[-1])
    if figures["errors"] or not figures["requests"]:
        raise SystemExit(f"{target.name}: {figures['errors']} of {figures['requests']} requests failed"
                         + (f"\n{target.log.read_text()[-2000:]}" if target.log and target.log.exists() else ""))
    foreign.around(ours, busy, machine_busy(), figures["microseconds"] / 1e6)
    if target.log and target.log.exists() and target.log.stat().st_size > 1 << 20:
        os.truncate(target.log, 0)  # an access log: appended to, as in service
    return figures, own


def spread(values) -> str:
    return f"{min(values):.2f}-{max(values):.2f}"


def mid(values) -> float:
    return statistics.median(values)


def print_table(targets, options):
    direct = targets[0]
    unit = "us/event" if options.stream else "us/request"
    print(f"\n{'':16}{'req/s':>9}{'spread':>16}{'core':>6}{'CPU ' + unit:>16}{'spread':>14}"
          f"{'p50 us':>8}{'added':>7}{'p99 us':>8}{'added':>7}")
    for t in targets:
        rate_spread = f"{min(t.rate):.0f}-{max(t.rate):.0f}"
        cpu = f"{mid(t.cpu):16.2f}{spread(t.cpu):>14}" if t.process else f"{'':30}"
        core = f"{mid(t.use):5.0%} " if t.process else " " * 6
        print(f"{t.name:16}{mid(t.rate):9.0f}{rate_spread:>16}{core}{cpu}{mid(t.p50):8.0f}", end="")
        added = [[a - b for a, b in zip(getattr(t, q), getattr(direct, q))] for q in ("p50", "p99")]
        print(f"{mid(added[0]):7.0f}{mid(t.p99):8.0f}{mid(added[1]):7.0f}" if t is not direct
              else f"{'':7}{mid(t.p99):8.0f}")
    if len(targets) == 3:
        ratios = [b / a for a, b in zip(targets[1].cpu, targets[2].cpu)]
        print(f"\nCPU per {unit[3:]}, llmx / nginx: median {mid(ratios):.3f}, spread {spread(ratios)}")
    print("\nreq/s, core (share of one processor in use) and CPU are from 64 connections, p50 and p99 from one\n"
          "connection; added is over direct in the same round. Medians of all rounds; spread is least-most.")


def describe(options, cores, versions):
    model = next((line.partition(":")[2].strip() for line in Path("/proc/cpuinfo").read_text().splitlines()
                  if line.startswith("model name")), platform.machine())
    print(f"machine: {model}, {os.cpu_count()} processors, Linux {platform.release()}")
    print(f"programs: {versions}")
    if cores["proxy"]:
        print(f"pinned: load generator and upstream on processor(s) {sorted(cores['load'])}, proxy on "
              f"{sorted(cores['proxy'])}; nginx {options.threads} worker(s), llmx {options.threads} thread(s)")
    else:
        print("not pinned: this machine gives one processor only, and everything shares it")
    print(f"body: {len(bodies.request(options.big, options.stream))} bytes; answer: "
          + (f"{bodies.EVENTS} events, {len(bodies.events())} bytes" if options.stream
             else f"{len(bodies.reply())} bytes")
          + f"; {options.rounds} rounds, each {options.seconds:g} s at {CONNECTIONS} connections and "
            f"{options.seconds / 2:g} s at one, in turn")
    print("nginx: proxy_pass, HTTP/1.1, keep-alive upstream, buffering as by default, "
          + ("access log (combined, in blocks) to a file" if options.log == "info" else "no access log"))
    if options.gateway:
        print("llmx: master key, 2 deployments of one group by weight, request and token limits per gateway, caller "
              "and\n      deployment, max_parallel, retries, fallback group, breaker, timeouts; access log "
              f"({options.gateway_log}) to a file")


def plan_cores(threads: int):
    allowed = sorted(os.sched_getaffinity(0))
    if len(allowed) < 2:
        return {"load": None, "upstream": None, "proxy": None}
    proxy = allowed[-min(threads, len(allowed) - 1):]
    rest = [c for c in allowed if c not in proxy]
    return {"load": set(rest), "upstream": set(rest), "proxy": set(proxy)}


def measure(targets, processes, options, body, key, cores):
    foreign = Foreign()
    for t in targets:  # connections, caches, memory: not measured
        load(t, processes, CONNECTIONS, 1, body, key, cores["load"], Foreign())
    per = bodies.EVENTS if options.stream else 1
    for n in range(options.rounds):
        first = n % len(targets)
        for t in targets[first:] + targets[:first]:
            many, used = load(t, processes, CONNECTIONS, options.seconds, body, key, cores["load"], foreign)
            t.rate.append(many["requests"] / many["microseconds"] * 1e6)
            t.cpu.append(used * 1e6 / many["requests"] / per)
            t.use.append(used / many["microseconds"] * 1e6)
            one, _ = load(t, processes, 1, options.seconds / 2, body, key, cores["load"], foreign)
            t.p50.append(one["p50"])
            t.p99.append(one["p99"])
            if options.verbose:
                print(f"round {n + 1} {t.name}: {t.rate[-1]:.0f} req/s, {t.cpu[-1]:.2f} us, p50 {one['p50']}, "
                      f"p99 {one['p99']}", file=sys.stderr)
    return foreign


def parse_arguments():
    p = argparse.ArgumentParser(prog="benchmarks/compare/run", description=__doc__)
    p.add_argument("--big", action="store_true", help="a request of 10 KB instead of 0.25 KB")
    p.add_argument("--stream", action="store_true", help="a streamed answer of 64 events; CPU per event")
    p.add_argument("--io-uring", action="store_true", help="the gateway built for io_uring")
    p.add_argument("--seconds", type=float, default=2, help="length of one run at 64 connections (2)")
    p.add_argument("--rounds", type=int, default=11, help="how often all are loaded in turn (11)")
    p.add_argument("--threads", type=int, default=1, help="threads of llmx and workers of nginx (1)")
    p.add_argument("--nginx-only", action="store_true", help="without llmx: what the machine can do")
    p.add_argument("--log", choices=["info", "error", "llmx"], default="info",
                   help="who writes a line for each call: both (info, as both are shipped), none (error), or llmx alone")
    p.add_argument("--verbose", action="store_true", help="each run's figures on standard error")
    p.add_argument("--gateway", type=Path, help="another llmx-gateway program")
    options = p.parse_args()
    # wrk takes whole seconds; half of them are used at one connection.
    options.seconds = max(2, round(options.seconds / 2) * 2)
    options.gateway_log = "error" if options.log == "error" else "info"
    if options.nginx_only:
        options.gateway = None
    return options


def main():
    options = parse_arguments()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    cores = plan_cores(options.threads)
    key = "sk-" + secrets.token_hex(16)
    prefix = "/stream" if options.stream else ""
    with tempfile.TemporaryDirectory(prefix="llmx-compare-") as scratch, Processes() as processes:
        at = Path(scratch)
        for name in ("upstream", "nginx"):
            (at / name).mkdir()
        body = at / "body.json"
        body.write_bytes(bodies.request(options.big, options.stream))
        ports = [free_port() for _ in range(3)]

        def nginx(name, port, config, core):
            (at / name / "nginx.conf").write_text(config)
            log = at / name / "log"
            child = processes.start(["nginx", "-p", at / name, "-e", at / name / "error.log", "-c",
                                     at / name / "nginx.conf"], core, log)
            processes.wait_for_port(child, port, log)
            return child

        nginx("upstream", ports[0], upstream_config(at / "upstream", ports[0]), cores["upstream"])
        proxy = nginx("nginx", ports[1], proxy_config(at / "nginx", ports[1], ports[0], options.threads, prefix, options.log),
                      cores["proxy"])
        targets = [Target("direct", ports[0], path=prefix + PATH),
                   Target("nginx", ports[1], proxy, at / "nginx" / "access.log")]
        versions = subprocess.run(["nginx", "-v"], stderr=subprocess.PIPE, text=True).stderr.strip()
        versions = versions.replace("nginx version: ", "")
        if options.gateway:
            config, log = at / "llmx.json", at / "llmx.log"
            config.write_text(gateway_config(ports[2], ports[0], options.threads, prefix, key, options.gateway_log))
            child = processes.start([options.gateway, "--config", config], cores["proxy"], log)
            processes.wait_for_port(child, ports[2], log)
            targets.append(Target("llmx io_uring" if options.io_uring else "llmx", ports[2], child, log))
            versions += ", llmx-gateway" + (" (io_uring)" if options.io_uring else "")

        expected = (bodies.events() if options.stream else bodies.reply()).encode()
        for t in targets[1:]:
            status, answer, head = post(t.port, body.read_bytes(), key)
            if status != 200 or answer != expected:
                raise SystemExit(f"{t.name} answered {status}: {answer[:500]!r}")
        if options.gateway:
            status, answer, _ = post(ports[2], body.read_bytes(), None)
            if status != 401:
                raise SystemExit(f"llmx answered {status} to a call without the key: {answer[:500]!r}")
        describe(options, cores, versions)
        sys.stdout.flush()
        foreign = measure(targets, processes.running, options, body, key, cores)
        print_table(targets, options)
        print(f"\nnoise: other programs used {mid(foreign.share):.0%} of the machine (most {max(foreign.share):.0%}), "
              f"stolen by its host {mid(foreign.steal):.1%} (most {max(foreign.steal):.1%}); load average "
              f"{os.getloadavg()[0]:.1f}")


if __name__ == "__main__":
    main()
