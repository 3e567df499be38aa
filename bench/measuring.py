# SPDX-License-Identifier: Apache-2.0
"""What the comparisons share: a server pinned to CPU 0, a load from CPU 1, and what a request cost in CPU time."""
import json
import os
import pathlib
import re
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import time
import urllib.error
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parents[1]
BUILD = ROOT / "build/bench"
TICK = os.sysconf("SC_CLK_TCK")
ASHLAR = BUILD / "bin/ashlar"
ASHLAR_ENV = {"APP_ENV": "production", "HOST": "127.0.0.1", "LOOPS": "1", "RATE_LIMIT_MAX": "0", "JWT_EXPIRES_IN": "24h",
              "BCRYPT_COST": "4", "JWT_SECRET": "an access secret that only the benchmark has",
              "JWT_REFRESH_SECRET": "a refresh secret that only the benchmark has",
              "SECRET_KEYS": "benchmark:hoYyM_O59J_42KwkCOab7Ex4SBZLKZHI5q3oqtwUkuU",
              "ADMIN_EMAIL": "admin@example.com", "ADMIN_PASSWORD": "of the benchmark"}


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Server:
    """A server pinned to CPU 0. `command` and the values of `env` may name {port}, `url` is where it answers."""
    def __init__(self, name, folder, command, env=None, cwd=None, scheme="http", port=None):
        self.name, self.folder, self.token, self.port = name, folder, "", port or free_port()
        self.url = f"{scheme}://127.0.0.1:{self.port}"
        self.out = open(folder / f"{name}.out", "w+")
        filled = [str(part).replace("{port}", str(self.port)) for part in command]
        env = {key: value.replace("{port}", str(self.port)) for key, value in (env or {}).items()}
        self.process = subprocess.Popen(["taskset", "-c", "0", *filled], cwd=cwd, env={**os.environ, **env},
                                        stdout=self.out, stderr=subprocess.STDOUT, start_new_session=True)
        self.wait()

    def wait(self):
        until = time.monotonic() + 20
        while time.monotonic() < until and self.process.poll() is None:
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
                return
            except OSError:
                time.sleep(0.02)
        self.out.seek(0)
        raise SystemExit(f"{self.name} did not start:\n{self.out.read()[-2000:]}")

    def read_token(self):
        """The first line of its output."""
        until = time.monotonic() + 5
        while not self.token and time.monotonic() < until:
            self.out.seek(0)
            self.token = self.out.readline().strip()

    def sign_in(self, email, password):
        until = time.monotonic() + 5  # it listens before it has made its first admin
        while (said := self.ask("/api/auth/login", {"email": email, "password": password}))[0] != 200:
            if time.monotonic() > until:
                raise SystemExit(f"{self.name}: no token: {said}")
            time.sleep(0.05)
        self.token = json.loads(said[1])["data"]["accessToken"]

    def ask(self, path, body=None):
        headers = {"Content-Type": "application/json"} if body else {}
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        request = urllib.request.Request(self.url + path, headers=headers, data=json.dumps(body).encode() if body else None)
        try:
            with urllib.request.urlopen(request, timeout=10) as reply:
                return reply.status, reply.read()
        except urllib.error.HTTPError as error:
            return error.code, error.read()

    def expect(self, path, body, status):
        if (said := self.ask(path, body))[0] != status:
            raise SystemExit(f"{self.name} {path}: expected {status}, got {said}")

    def cpu_seconds(self):
        return sum(cpu_seconds_of(process) for process in family(self.process.pid))

    def peak_megabytes(self):
        status = pathlib.Path(f"/proc/{self.process.pid}/status").read_text()
        return int(re.search(r"VmHWM:\s+(\d+)", status)[1]) / 1024

    def stop(self):
        try:
            os.killpg(self.process.pid, signal.SIGTERM)
            self.process.wait(10)
        except (ProcessLookupError, subprocess.TimeoutExpired):
            self.process.kill()
            self.process.wait()
        self.out.close()


def family(process):
    """A process and those that it has started."""
    try:
        children = pathlib.Path(f"/proc/{process}/task/{process}/children").read_text().split()
    except FileNotFoundError:
        return []
    return [process, *(each for child in children for each in family(int(child)))]


def cpu_seconds_of(process):
    try:
        fields = pathlib.Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()
    except FileNotFoundError:
        return 0
    return (int(fields[11]) + int(fields[12])) / TICK


def wrk(server, path, seconds, connections, body=None, token=""):
    """(CPU microseconds a request, requests a second, 99th percentile in ms, peak megabytes)"""
    lines = [f'wrk.method = "{"POST" if body else "GET"}"']
    if token:
        lines.append(f'wrk.headers["Authorization"] = "Bearer {token}"')
    if body:
        lines += [f"wrk.body = {json.dumps(json.dumps(body))}", 'wrk.headers["Content-Type"] = "application/json"']
    script = server.folder / "load.lua"
    script.write_text("\n".join(lines))
    command = ["taskset", "-c", "1", "wrk", "-t1", f"-c{connections}", "--latency", "--timeout", "20s", "-s", str(script)]
    subprocess.run([*command, "-d1s", server.url + path], check=True, capture_output=True)
    before = server.cpu_seconds()
    said = subprocess.run([*command, f"-d{seconds}s", server.url + path], check=True, capture_output=True, text=True).stdout
    spent = server.cpu_seconds() - before
    if "Non-2xx" in said or "Socket errors" in said:
        raise SystemExit(f"{server.name} {path}: {said}")
    requests = int(re.search(r"(\d+) requests in", said)[1])
    rate = float(re.search(r"Requests/sec:\s+([\d.]+)", said)[1])
    number, unit = re.search(r"99%\s+([\d.]+)(us|ms|s)", said).groups()
    return spent / requests * 1e6, rate, float(number) * {"us": 1e-3, "ms": 1, "s": 1e3}[unit], server.peak_megabytes()


def h2load(server, path, seconds, *how):
    """(CPU microseconds a request, requests a second)"""
    command = ["taskset", "-c", "1", "h2load", "-t1", *how, server.url + path]
    subprocess.run([*command, "-D1"], check=True, capture_output=True)
    before = server.cpu_seconds()
    said = subprocess.run([*command, f"-D{seconds}"], check=True, capture_output=True, text=True).stdout
    spent = server.cpu_seconds() - before
    done, failed = re.search(r"(\d+) succeeded, (\d+) failed", said).groups()
    if int(failed) or f"status codes: {done} 2xx" not in said:
        raise SystemExit(f"{server.name} {path}: {said}")
    return spent / int(done) * 1e6, int(done) / seconds


def medians(runs):
    """Of each column, over the rounds."""
    return [statistics.median(column) for column in zip(*runs)]


def require_two_cores():
    if (os.cpu_count() or 1) < 2:
        raise SystemExit("one CPU for the server and one for the load are needed")


def build(*targets):
    subprocess.run([ROOT / "tools/install-packages", "run", "bench"], check=True)
    if not (BUILD / "build.ninja").exists():
        subprocess.run(["cmake", "--preset", "bench"], cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    subprocess.run(["ninja", "-C", BUILD, *targets], check=True, stdout=sys.stderr)


def fill_database(folder, env):
    """10,000 users and 50,000 products in Ashlar's tables."""
    for step in (["migrate", "up"], ["seed"]):
        subprocess.run([ASHLAR, *step], env={**os.environ, **env, "APP_ENV": "development"}, cwd=folder, check=True,
                       stdout=subprocess.DEVNULL)


def install_peer(name, *steps, env=None):
    """Brings bench/peers/NAME with what it needs from npm to build/bench/peers, where it is not already there."""
    peer, source = BUILD / "peers" / name, ROOT / "bench/peers" / name
    fresh = all((peer / f.name).exists() and (peer / f.name).read_bytes() == f.read_bytes() for f in source.iterdir())
    if not fresh or not (peer / "installed").exists():
        shutil.copytree(source, peer, dirs_exist_ok=True)
        for step in (["npm", "ci", "--no-audit", "--no-fund"], *steps):
            subprocess.run(step, cwd=peer, check=True, stdout=sys.stderr, env={**os.environ, **(env or {})})
        (peer / "installed").touch()
    return peer
