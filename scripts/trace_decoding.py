"""Watch the decoding child and write the list of system calls that it may make.

    python scripts/trace_decoding.py ../shared/media/nasty ../shared/media/samples
    python scripts/trace_decoding.py --check     # hold the list against the tests' clips alone

Needs strace, on x86-64. A clip in every codec of `viral.media.codecs` is encoded and decoded, and
so are the files of the folders named. What is counted begins where the filter would stand. A call
that strace saw and that is not in the list yet is added; none is taken off, so that a run over
fewer files forgets nothing. Have a look at what is added before committing it.
"""

from __future__ import annotations

import argparse
import platform
import re
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from codec_clips import write_every_codec  # noqa: E402

from viral.media.traced_calls import TRACED  # noqa: E402

OUT = ROOT / "viral" / "media" / "traced_calls.py"
HEADERS = ("/usr/include/x86_64-linux-gnu/asm/unistd_64.h", "/usr/include/asm/unistd_64.h")
MARK = 99
"""A mode of filters that no kernel has: the call fails and shows in the trace."""
READ_ALL = f"""
import sys
from viral.errors import ViralError
from viral.media import decoding
from viral.media.reader import read_clip

decoding.PROGRAM = '''
import ctypes
from viral.media import decode_child, sandbox

def marked(*arguments):
    ctypes.CDLL(None).prctl(22, {MARK}, 0, 0, 0)
    return True

sandbox.forbid_system_calls = marked
decode_child.main(job)
'''
for path in sys.argv[1:]:
    try:
        read_clip(path)
    except ViralError:
        pass
"""
_CALL = re.compile(r"(\w+)\(")
_THREAD = re.compile(r"parent_tid=\[(\d+)\]|\) = (\d+)$")


def watched(paths: list[Path]) -> Counter[str]:
    """Return the calls of the children that read some files, with how often each was made."""
    with tempfile.TemporaryDirectory() as folder:
        trace = Path(folder) / "trace"
        command = ["strace", "-ff", "-qq", "-o", str(trace)]
        command += [sys.executable, "-c", READ_ALL, *map(str, paths)]
        subprocess.run(command, check=True, cwd=ROOT)
        lines = {
            path.suffix[1:]: path.read_text(errors="replace").splitlines()
            for path in Path(folder).iterdir()
        }
    return counted(lines)


def counted(lines: dict[str, list[str]]) -> Counter[str]:
    """Return the calls after the mark of each child, its threads' among them."""
    mark = re.compile(rf"prctl\(PR_SET_SECCOMP, (?:{MARK}|{MARK:#x})\b")
    found: Counter[str] = Counter()
    waiting = [
        said[place + 1 :]
        for said in lines.values()
        for place, line in enumerate(said)
        if mark.match(line)
    ]
    if not waiting:
        raise SystemExit("No child was seen; does strace work here?")
    while waiting:
        for line in waiting.pop():
            call = _CALL.match(line)
            if call is None:
                continue
            found[call[1]] += 1
            thread = _THREAD.search(line) if call[1] in {"clone", "clone3"} else None
            if thread is not None:
                waiting.append(lines.pop(thread[1] or thread[2], []))
    return found


def numbers() -> dict[str, int]:
    """Return name -> number of every call, from the kernel's own header."""
    for header in HEADERS:
        if Path(header).is_file():
            text = Path(header).read_text(encoding="utf-8")
            return {name: int(n) for name, n in re.findall(r"__NR_(\w+)\s+(\d+)", text)}
    raise SystemExit("The kernel's headers are missing (Debian: linux-libc-dev).")


def main() -> int:
    """Write the list, or with --check say whether something is missing from it."""
    options = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    options.add_argument("folders", nargs="*", type=Path)
    options.add_argument("--check", action="store_true")
    chosen = options.parse_args()
    if platform.machine() != "x86_64" or shutil.which("strace") is None:
        raise SystemExit("This needs strace, on x86-64.")
    with tempfile.TemporaryDirectory() as folder:
        paths = write_every_codec(Path(folder))
        for place in chosen.folders:
            paths += sorted(path for path in place.iterdir() if path.is_file())
        seen = watched(paths)
    new = [name for name, _ in seen.most_common() if name not in TRACED]
    print(f"{len(paths)} files, {len(seen)} calls, {len(new)} new: {' '.join(new) or 'none'}")
    if chosen.check:
        return 1 if new else 0
    number_of = numbers()
    order = sorted({*TRACED, *seen}, key=lambda name: (-seen[name], name))
    body = "".join(f'    "{name}": {number_of[name]},\n' for name in order)
    text = OUT.read_text(encoding="utf-8")
    OUT.write_text(
        re.sub(r"(int\] = \{\n).*?(\n?\})", rf"\g<1>{body}}}", text, count=1, flags=re.S),
        encoding="utf-8",
    )
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
