"""The system calls that decoding made when it was watched, the most frequent first.

`python scripts/trace_decoding.py FOLDER ...` writes this file: it watches the decoding child with
strace, from the moment at which the filter of `viral.media.sandbox` would stand to its end, over a
clip in every codec of `viral.media.codecs` and over all files of the folders named. Numbers are
those of the kernel's table for x86-64.
"""

from __future__ import annotations

TRACED: dict[str, int] = {
    "futex": 202,
    "mprotect": 10,
    "write": 1,
    "rt_sigprocmask": 14,
    "fstat": 5,
    "mmap": 9,
    "munmap": 11,
    "read": 0,
    "gettid": 186,
    "brk": 12,
    "clone3": 435,
    "rseq": 334,
    "set_robust_list": 273,
    "madvise": 28,
    "exit": 60,
    "fcntl": 72,
    "dup": 32,
    "lseek": 8,
    "close": 3,
    "exit_group": 231,
    "rt_sigaction": 13,
    "prlimit64": 302,
    "prctl": 157,
    "sched_getaffinity": 204,
    "pread64": 17,
    "openat": 257,
    "newfstatat": 262,
    "mremap": 25,
}
"""Name -> number on x86-64."""
