"""What the decoding child may no longer ask of the system: a filter on system calls (seccomp).

The limits of `viral.media.limits` bound what a decoder that was taken over could use up; this
filter bounds what it could reach. There is no network, no other program, no new process, no signal
to others, and no file is made, changed, renamed or removed. Threads, memory and files already open
stay usable, and files may be opened for reading until `forbid_new_files` ends that too. A forbidden
call fails with EPERM, so that a library which only tries goes on without.

The filter is classic BPF as Linux takes it (linux/seccomp.h, linux/filter.h). Numbers of system
calls are those of the kernel's tables for x86-64 and for arm64; elsewhere there is no filter.
This module needs the standard library alone, because the child imports it.
"""

from __future__ import annotations

import ctypes
import errno
import os
import platform
import struct
import sys
from collections.abc import Sequence

_PR_SET_NO_NEW_PRIVS, _PR_SET_SECCOMP, _SECCOMP_MODE_FILTER = 38, 22, 2
_LOAD_WORD, _JUMP_EQUAL, _JUMP_AT_LEAST, _JUMP_ANY_BIT, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_ALLOW, _KILL, _FAIL = 0x7FFF0000, 0x80000000, 0x00050000
_NUMBER_AT, _ARCHITECTURE_AT, _ARGUMENTS_AT = 0, 4, 16
"""Offsets in `struct seccomp_data`; arguments are eight bytes each, lower half first."""
_X32_BIT = 0x40000000
"""Numbers from here on are those of another calling convention of x86-64, which nothing needs."""
_CLONE_THREAD = 0x00010000
_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND

FORBIDDEN: dict[str, tuple[int | None, int | None]] = {
    "socket": (41, 198),
    "socketpair": (53, 199),
    "connect": (42, 203),
    "bind": (49, 200),
    "sendto": (44, 206),
    "sendmsg": (46, 211),
    "execve": (59, 221),
    "execveat": (322, 281),
    "fork": (57, None),
    "vfork": (58, None),
    "kill": (62, 129),
    "tkill": (200, 130),
    "rt_sigqueueinfo": (129, 138),
    "rt_tgsigqueueinfo": (297, 240),
    "pidfd_open": (434, 434),
    "pidfd_send_signal": (424, 424),
    "pidfd_getfd": (438, 438),
    "ptrace": (101, 117),
    "process_vm_readv": (310, 270),
    "process_vm_writev": (311, 271),
    "creat": (85, None),
    "openat2": (437, 437),
    "open_by_handle_at": (304, 265),
    "memfd_create": (319, 279),
    "truncate": (76, 45),
    "rename": (82, None),
    "renameat": (264, 38),
    "renameat2": (316, 276),
    "mkdir": (83, None),
    "mkdirat": (258, 34),
    "rmdir": (84, None),
    "unlink": (87, None),
    "unlinkat": (263, 35),
    "link": (86, None),
    "linkat": (265, 37),
    "symlink": (88, None),
    "symlinkat": (266, 36),
    "mknod": (133, None),
    "mknodat": (259, 33),
    "chmod": (90, None),
    "fchmod": (91, 52),
    "fchmodat": (268, 53),
    "chown": (92, None),
    "fchown": (93, 55),
    "lchown": (94, None),
    "fchownat": (260, 54),
    "utimensat": (280, 88),
    "setxattr": (188, 5),
    "mount": (165, 40),
    "umount2": (166, 39),
    "chroot": (161, 51),
    "pivot_root": (155, 41),
    "setns": (308, 268),
    "unshare": (272, 97),
    "bpf": (321, 280),
    "perf_event_open": (298, 241),
    "keyctl": (250, 219),
    "add_key": (248, 217),
    "request_key": (249, 218),
    "io_uring_setup": (425, 425),
    "userfaultfd": (323, 282),
    "shmget": (29, 194),
    "msgget": (68, 186),
    "semget": (64, 190),
    "mq_open": (240, 180),
    "setpriority": (141, 140),
    "setsid": (112, 157),
    "setpgid": (109, 154),
}
"""Name -> number on x86-64 and on arm64 (None where there is no such call). Leaving the process
group is among them: the parent ends the child by its group."""

_ARCHITECTURES = {"x86_64": (0, 0xC000003E), "aarch64": (1, 0xC00000B7)}
_CLONE, _CLONE3 = (56, 220), (435, 435)
_OPEN, _OPENAT, _TGKILL, _PRLIMIT = (2, None), (257, 56), (234, 131), (302, 261)

Instruction = tuple[int, int, int, int]
"""Operation, steps to jump if true, steps to jump if false, operand."""


def _failing(code: int) -> Instruction:
    return (_RETURN, 0, 0, _FAIL | code)


def _unless_argument(
    number: int, argument: int, test: int, operand: int, *, passes: bool
) -> list[Instruction]:
    """Let a call fail unless the lower half of an argument passes, or fails, a test."""
    place = _ARGUMENTS_AT + 8 * argument
    return [
        (_JUMP_EQUAL, 0, 4, number),
        (_LOAD_WORD, 0, 0, place),
        (test, 1, 0, operand) if passes else (test, 0, 1, operand),
        _failing(errno.EPERM),
        (_RETURN, 0, 0, _ALLOW),
    ]


def filter_program(machine: str, pid: int) -> list[Instruction] | None:
    """Return the filter for a machine, or None where its numbers are not known.

    Parameters
    ----------
    machine : str
        As `platform.machine()` names it.
    pid : int
        The process that may still send signals to its own threads, which is how it aborts.
    """
    if machine not in _ARCHITECTURES:
        return None
    which, architecture = _ARCHITECTURES[machine]
    program: list[Instruction] = [
        (_LOAD_WORD, 0, 0, _ARCHITECTURE_AT),
        (_JUMP_EQUAL, 1, 0, architecture),
        (_RETURN, 0, 0, _KILL),
        (_LOAD_WORD, 0, 0, _NUMBER_AT),
    ]
    if which == 0:
        program += [(_JUMP_AT_LEAST, 0, 1, _X32_BIT), (_RETURN, 0, 0, _KILL)]
    for numbers in FORBIDDEN.values():
        number = numbers[which]
        if number is not None:
            program += [(_JUMP_EQUAL, 0, 1, number), _failing(errno.EPERM)]
    # The C library falls back to clone, whose flags can be looked at.
    program += [(_JUMP_EQUAL, 0, 1, _CLONE3[which]), _failing(errno.ENOSYS)]
    program += _unless_argument(_CLONE[which], 0, _JUMP_ANY_BIT, _CLONE_THREAD, passes=True)
    program += _unless_argument(_TGKILL[which], 0, _JUMP_EQUAL, pid, passes=True)
    program += _unless_argument(_PRLIMIT[which], 0, _JUMP_EQUAL, 0, passes=True)
    program += _unless_argument(_OPENAT[which] or 0, 2, _JUMP_ANY_BIT, _WRITING, passes=False)
    if _OPEN[which] is not None:
        program += _unless_argument(_OPEN[which] or 0, 1, _JUMP_ANY_BIT, _WRITING, passes=False)
    return [*program, (_RETURN, 0, 0, _ALLOW)]


def packed(program: Sequence[Instruction]) -> bytes:
    """Return a filter as the kernel reads it: `struct sock_filter`, eight bytes a step."""
    return b"".join(struct.pack("=HBBI", *step) for step in program)


def forbid_system_calls() -> bool:
    """Put the filter over this process and all its threads to come, for good.

    Returns
    -------
    bool
        Whether it is in force. It is not on systems other than Linux on x86-64 and arm64, and where
        the kernel has no filters; the limits hold there all the same.
    """
    if sys.platform != "linux":
        return False
    program = filter_program(platform.machine(), os.getpid())
    if program is None:
        return False
    code = ctypes.create_string_buffer(packed(program), 8 * len(program))
    # struct sock_fprog: a count, padding, and the address of the steps.
    header = ctypes.create_string_buffer(
        struct.pack("=H6xQ", len(program), ctypes.addressof(code)), 16
    )
    library = ctypes.CDLL(None, use_errno=True)
    zero = ctypes.c_ulong(0)
    if library.prctl(_PR_SET_NO_NEW_PRIVS, ctypes.c_ulong(1), zero, zero, zero) != 0:
        return False
    done = library.prctl(
        _PR_SET_SECCOMP, ctypes.c_ulong(_SECCOMP_MODE_FILTER), ctypes.byref(header), zero, zero
    )
    return bool(done == 0)
