# SPDX-License-Identifier: Apache-2.0
"""A PostgreSQL of the benchmark's own, on a free port, that ends with it. Durable: it waits for the disk, as in earnest."""
import os
import pathlib
import shutil
import signal
import subprocess
import tempfile
import time

from measuring import free_port


def programs():
    found = sorted(pathlib.Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda p: int(p.parts[4]))
    if not found:
        raise SystemExit("PostgreSQL is not installed: apt-get install postgresql-15")
    return found[-1].parent


class PostgresServer:
    def __init__(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="ashlar-bench-postgres-"))
        self.port, self.programs = free_port(), programs()
        # Ended with us, and not as root, which it refuses to be.
        self.prefix = ["setpriv", "--pdeathsig", "KILL"]
        if os.geteuid() == 0:
            self.prefix += ["--reuid", "postgres", "--regid", "postgres", "--clear-groups"]
            shutil.chown(self.folder, "postgres", "postgres")
        self.log = open(self.folder / "log", "w")
        cluster = self.folder / "cluster"
        self.run("initdb", "-D", cluster, "-U", "bench", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-instructions")
        settings = {"listen_addresses": "127.0.0.1", "unix_socket_directories": str(self.folder), "max_connections": "200",
                    "autovacuum": "off"}  # what it would do meanwhile is done once, after the tables are filled
        chosen = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        self.process = subprocess.Popen([*self.prefix, self.programs / "postgres", "-D", cluster, "-p", str(self.port), *chosen],
                                        stdout=self.log, stderr=subprocess.STDOUT)
        until = time.monotonic() + 30
        while subprocess.run([self.programs / "pg_isready", "-q", "-h", "127.0.0.1", "-p", str(self.port)]).returncode:
            if self.process.poll() is not None or time.monotonic() > until:
                raise SystemExit("PostgreSQL did not start:\n" + (self.folder / "log").read_text())
            time.sleep(0.1)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.send_signal(signal.SIGINT)
        self.process.wait(30)
        self.log.close()
        shutil.rmtree(self.folder)

    def run(self, program, *arguments):
        subprocess.run([*self.prefix, self.programs / program, *map(str, arguments)], check=True, stdout=self.log,
                       stderr=subprocess.STDOUT, cwd="/")

    def url(self, database):
        return f"postgresql://bench@127.0.0.1:{self.port}/{database}"

    def script(self, database, sql):
        subprocess.run(["psql", "-q", "-v", "ON_ERROR_STOP=1", self.url(database)], input=sql, text=True, check=True,
                       stdout=subprocess.DEVNULL)

    def query(self, database, sql):
        return subprocess.run(["psql", "-qtA", self.url(database), "-c", sql], check=True, capture_output=True, text=True).stdout

    def rate(self, database, sql, seconds, clients):
        """What pgbench makes of a statement, prepared: transactions a second from so many clients at once."""
        script = self.folder / "statement.sql"
        script.write_text(sql)
        said = subprocess.run(["taskset", "-c", "1", "pgbench", "-n", "-M", "prepared", "-j1", f"-c{clients}", f"-T{seconds}", "-f",
                               script, self.url(database)], check=True, capture_output=True, text=True).stdout
        return float(said.rsplit("tps = ", 1)[1].split()[0])
