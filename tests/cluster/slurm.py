"""A real SLURM with one node on this machine, for the duration of a test.

It needs root, because inside a job SLURM's programs read only /etc/slurm/slurm.conf. This file is a
link into our folder while the cluster runs; if it already exists, the machine has its own SLURM,
and nothing is started.
"""

import os
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

PACKAGES = ("slurm-wlm", "munge")
PROGRAMS = ("munged", "slurmctld", "slurmd", "sbatch", "srun", "squeue", "sinfo", "scancel")
SYSTEM_CONF = Path("/etc/slurm/slurm.conf")
CONF_NAME = "plmemory-test-slurm.conf"
CORES = 16  # claimed cores of the node, so that jobs overlap: they wait more than they compute
MEMORY = 64_000  # megabytes, claimed likewise
START_LIMIT = 60.0  # seconds
STOP_LIMIT = 20.0  # seconds

CONF = """
ClusterName=test
SlurmctldHost={host}(127.0.0.1)
SlurmUser=root
SlurmdUser=root
AuthType=auth/munge
CryptoType=crypto/munge
AuthInfo=socket={folder}/munge.socket
SlurmctldPort={controller_port}
SlurmdPort={node_port}
StateSaveLocation={folder}/state
SlurmdSpoolDir={folder}/spool
SlurmctldPidFile={folder}/slurmctld.pid
SlurmdPidFile={folder}/slurmd.pid
SlurmctldLogFile={folder}/slurmctld.log
SlurmdLogFile={folder}/slurmd.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
MpiDefault=none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU_Memory
SchedulerParameters=batch_sched_delay=0,sched_min_interval=0,bf_interval=1,sched_interval=1
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
JobCompType=jobcomp/filetxt
JobCompLoc={folder}/completed.log
MinJobAge=3600
EnforcePartLimits=ALL
SlurmdParameters=config_overrides
ReturnToService=2
NodeName={host} NodeAddr=127.0.0.1 CPUs={cores} RealMemory={memory} State=UNKNOWN
PartitionName=test Nodes={host} Default=YES MaxTime=INFINITE State=UP
"""


@dataclass(frozen=True)
class Cluster:
    """A running cluster, known by the folder that holds all its files."""

    folder: Path

    def completed(self) -> list[dict[str, str]]:
        """SLURM's own record of ended jobs, one entry a job."""
        lines = (self.folder / "completed.log").read_text().splitlines()
        return [dict(word.split("=", 1) for word in line.split() if "=" in word) for line in lines]


def missing() -> str | None:
    """Why no SLURM can be started here, and what would help; None if it can be started."""
    if SYSTEM_CONF.is_symlink() and SYSTEM_CONF.readlink().name == CONF_NAME:
        if SYSTEM_CONF.exists():
            return (
                f"{SYSTEM_CONF} belongs to another run of this test; if that was killed, stop its "
                f"slurmd, slurmctld and munged and remove {SYSTEM_CONF.readlink().parent}"
            )
    elif SYSTEM_CONF.exists():
        return f"{SYSTEM_CONF} is there: this machine has a SLURM of its own, left alone"
    if os.geteuid() != 0:
        return "starting SLURM needs root: run this test in a container or virtual machine as root"
    absent = [program for program in PROGRAMS if shutil.which(program) is None]
    if absent and shutil.which("apt-get") is None:
        return f"{', '.join(absent)} not found: install SLURM ({', '.join(PACKAGES)} on Debian)"
    return None


def install() -> None:
    """Install SLURM from Debian's packages if it is missing.

    Raises
    ------
    subprocess.CalledProcessError
        If apt-get fails; its output says why.
    """
    if all(shutil.which(program) for program in PROGRAMS):
        return
    quiet = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    for arguments in (["update"], ["install", "--yes", "--no-install-recommends", *PACKAGES]):
        subprocess.run(["apt-get", *arguments], check=True, stdout=subprocess.DEVNULL, env=quiet)


@contextmanager
def running() -> Iterator[Cluster]:
    """Start munged, slurmctld and slurmd; whatever happens, stop them and remove their files."""
    folder = Path(tempfile.mkdtemp(prefix="slurm-"))  # a short path, since it contains a socket
    host = socket.gethostname().split(".")[0]
    with ExitStack() as undo:
        # If this process is ended early, the cluster stops too.
        undo.callback(signal.signal, signal.SIGTERM, signal.getsignal(signal.SIGTERM))
        signal.signal(signal.SIGTERM, signal.default_int_handler)
        undo.callback(shutil.rmtree, folder, ignore_errors=True)
        for name in ("state", "spool", "key"):
            (folder / name).mkdir(mode=0o700)
        key = folder / "key" / "munge.key"
        key.write_bytes(secrets.token_bytes(128))
        key.chmod(0o400)
        conf = folder / CONF_NAME
        ports = dict(zip(("controller_port", "node_port"), _free_ports(2), strict=True))
        conf.write_text(CONF.format(folder=folder, host=host, cores=CORES, memory=MEMORY, **ports))
        (folder / "completed.log").touch()
        SYSTEM_CONF.parent.mkdir(exist_ok=True)
        SYSTEM_CONF.unlink(missing_ok=True)  # `missing` has checked that it is a broken link
        SYSTEM_CONF.symlink_to(conf)
        undo.callback(SYSTEM_CONF.unlink)

        munge = {name: folder / f"munge.{name}" for name in ("socket", "pid", "log", "seed")}
        files = [f"--{name}-file={munge[name]}" for name in ("pid", "log", "seed")]
        munged = ["munged", "--foreground", "--force", f"--key-file={key}"]
        _start([*munged, f"--socket={munge['socket']}", *files], folder, undo)
        _wait_for(munge["socket"].exists, "munged", folder)
        _start(["slurmctld", "-D"], folder, undo)
        _start(["slurmd", "-D", "-N", host], folder, undo)
        _wait_for(lambda: ask("sinfo", "--noheader", "--format=%T") == "idle", "slurmd", folder)
        undo.callback(_cancel_all)
        yield Cluster(folder)


def _cancel_all() -> None:
    """End all jobs while slurmd still runs and can kill their processes."""
    ask("scancel", "--user=root")
    limit = time.monotonic() + STOP_LIMIT
    while ask("squeue", "--noheader") and time.monotonic() < limit:
        time.sleep(0.1)


def _free_ports(number: int) -> list[int]:
    with ExitStack() as held:
        sockets = [held.enter_context(socket.socket()) for _ in range(number)]
        for each in sockets:
            each.bind(("127.0.0.1", 0))
        return [each.getsockname()[1] for each in sockets]


def _start(command: list[str], folder: Path, undo: ExitStack) -> None:
    with (folder / f"{command[0]}.out").open("w") as output:
        process = subprocess.Popen(command, stdout=output, stderr=subprocess.STDOUT)
    undo.callback(_stop, process)


def _stop(process: subprocess.Popen) -> None:
    process.terminate()
    try:
        process.wait(STOP_LIMIT)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def ask(*command: str) -> str:
    """The output of a client; empty if the controller does not answer."""
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=10)
    except subprocess.TimeoutExpired:
        return ""
    return done.stdout.strip()


def _wait_for(condition, daemon: str, folder: Path) -> None:
    limit = time.monotonic() + START_LIMIT
    while not condition():
        if time.monotonic() > limit:
            said = "\n".join(file.read_text()[-2000:] for file in folder.glob("*.out"))
            raise RuntimeError(f"{daemon} is not up after {START_LIMIT:g} s:\n{said}")
        time.sleep(0.1)
