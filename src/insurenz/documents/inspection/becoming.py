"""Becomes a program that opens a stranger's file, once this process can do nothing with it but read that and write beside it.

Arguments: the folder with the file, which is its /tmp, seconds of processor time, memory in MiB, the program and its own arguments.
"""

import os
import sys
from pathlib import Path

from insurenz.documents.inspection.limits import (
    end_with_parent,
    leave_files,
    leave_network,
    set_limits,
    yield_to_others,
)

if sys.platform != "win32":
    import resource

MiB = 1024 * 1024
MOST_WRITTEN = 64 * MiB
OPEN_FILES = 512
ITS_FOLDER = Path("/tmp")  # noqa: S108 a folder of its own by that name
# What programs and their fonts consist of; nothing in /etc, /opt or /proc that could be a secret.
_READABLE = (
    *("/bin", "/lib", "/lib64", "/usr/bin", "/usr/lib", "/usr/lib64", "/usr/libexec", "/usr/share"),
    *(
        "/usr/local/share/fonts",
        "/var/cache/fontconfig",
        "/etc/fonts",
        "/etc/libreoffice",
        "/etc/alternatives",
    ),
    *("/etc/ld.so.cache", "/etc/localtime", "/dev/urandom", "/dev/random", "/dev/zero"),
)


def main() -> None:
    """Exits with 1 where this system cannot keep the program from network and files."""
    folder, seconds, memory_mb, program = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]), sys.argv[4]
    home = Path(program).parent
    readable = [*map(Path, _READABLE), home, home.with_name("share"), home.with_name("presets")]
    end_with_parent()
    yield_to_others()
    if not (leave_network(folder) and leave_files(readable, ITS_FOLDER)):
        sys.exit(1)
    os.chdir(ITS_FOLDER)
    set_limits(
        {
            resource.RLIMIT_AS: memory_mb * MiB,
            resource.RLIMIT_CORE: 0,
            resource.RLIMIT_CPU: seconds,
            resource.RLIMIT_FSIZE: MOST_WRITTEN,
            resource.RLIMIT_NOFILE: OPEN_FILES,
        }
    )
    del os.environ["PYTHONPATH"]
    os.execv(program, sys.argv[4:])  # noqa: S606 the program that the settings name


if __name__ == "__main__":
    main()
