"""What a walled process may no longer ask of the system: filters on system calls (seccomp).

The limits of `viral.media.limits` bound what a decoder that was taken over could use up, and
`viral.media.landlock` which files it reaches; a filter bounds what it can ask of the kernel at all.
There are two:

* `LISTED`, where the calls that decoding makes are known (x86-64): those alone go through. Looking
  for a file fails, because C libraries try that and go on; anything else ends the process. Memory
  cannot be made executable, and the only new processes are threads.
* `UNREACHING`, on arm64, and wherever the first does not let a harmless clip through: the calls
  that reach outside (files, network, processes, signals, the kernel's own settings) fail with
  EPERM; whatever else there is goes through.

Filters are classic BPF as Linux takes it (linux/seccomp.h, linux/filter.h). This module needs the
standard library alone, because the child imports it.
"""

from __future__ import annotations

import ctypes
import errno
import os
import platform
import struct
import sys
from collections.abc import Collection, Sequence

from viral.media import system_calls
from viral.media.system_calls import ARCHITECTURES, FORBIDDEN

LISTED = "listed"
UNREACHING = "unreaching"
NONE = "none"

_PR_SET_NO_NEW_PRIVS, _PR_SET_SECCOMP, _SECCOMP_MODE_FILTER = 38, 22, 2
_LOAD_WORD, _JUMP_EQUAL, _JUMP_AT_LEAST, _JUMP_ANY_BIT, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_ALLOW, _KILL, _FAIL = 0x7FFF0000, 0x80000000, 0x00050000
_REFUSE, _NO_FILE, _NO_SUCH_CALL = _FAIL | errno.EPERM, _FAIL | errno.EACCES, _FAIL | errno.ENOSYS
_NUMBER_AT, _ARCHITECTURE_AT, _ARGUMENTS_AT = 0, 4, 16
"""Offsets in `struct seccomp_data`; arguments are eight bytes each, lower half first."""
_X32_BIT = 0x40000000
"""Numbers from here on are those of another calling convention of x86-64, which nothing needs."""
_CLONE_THREAD = 0x00010000
_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
_PROT_EXEC = 0x4
_AT_EMPTY_PATH = 0x1000
_PR_SET_NAME = 15
_FCNTL = (0, 1, 2, 3, 1030)
"""Duplicating a descriptor, its flags, and duplicating it so that no program inherits it."""

_CLONE, _CLONE3 = (56, 220), (435, 435)
_OPEN, _OPENAT, _TGKILL, _PRLIMIT = (2, None), (257, 56), (234, 131), (302, 261)
_MMAP, _MPROTECT = (9, 222), (10, 226)
_NEWFSTATAT, _FCNTL_CALL, _PRCTL = 262, 72, 157

Instruction = tuple[int, int, int, int]
"""Operation, steps to jump if true, steps to jump if false, operand."""


def _if_bits(number: int, argument: int, bits: int, then: int, otherwise: int) -> list[Instruction]:
    """Answer a call by whether the lower half of an argument has one of some bits."""
    return [
        (_JUMP_EQUAL, 0, 4, number),
        (_LOAD_WORD, 0, 0, _ARGUMENTS_AT + 8 * argument),
        (_JUMP_ANY_BIT, 0, 1, bits),
        (_RETURN, 0, 0, then),
        (_RETURN, 0, 0, otherwise),
    ]


def _if_among(
    number: int, argument: int, values: Collection[int], then: int, otherwise: int
) -> list[Instruction]:
    """Answer a call by whether the lower half of an argument is one of some values."""
    count = len(values)
    return [
        (_JUMP_EQUAL, 0, count + 3, number),
        (_LOAD_WORD, 0, 0, _ARGUMENTS_AT + 8 * argument),
        *((_JUMP_EQUAL, count - place, 0, value) for place, value in enumerate(values)),
        (_RETURN, 0, 0, otherwise),
        (_RETURN, 0, 0, then),
    ]


def _start(machine: str) -> list[Instruction]:
    which, architecture = ARCHITECTURES[machine]
    program: list[Instruction] = [
        (_LOAD_WORD, 0, 0, _ARCHITECTURE_AT),
        (_JUMP_EQUAL, 1, 0, architecture),
        (_RETURN, 0, 0, _KILL),
        (_LOAD_WORD, 0, 0, _NUMBER_AT),
    ]
    if which == 0:
        program += [(_JUMP_AT_LEAST, 0, 1, _X32_BIT), (_RETURN, 0, 0, _KILL)]
    return program


def _answer(number: int, answer: int) -> list[Instruction]:
    return [(_JUMP_EQUAL, 0, 1, number), (_RETURN, 0, 0, answer)]


def listed_program(pid: int) -> list[Instruction]:
    """Return the filter that lets the calls of the list through and ends the process at others.

    Parameters
    ----------
    pid : int
        The process that may still send signals to its own threads, which is how it aborts.
    """
    by_argument = [
        # The C library then makes its threads by clone, whose flags can be looked at.
        _answer(_CLONE3[0], _NO_SUCH_CALL),
        _if_bits(_MMAP[0], 2, _PROT_EXEC, _KILL, _ALLOW),
        _if_bits(_MPROTECT[0], 2, _PROT_EXEC, _KILL, _ALLOW),
        _if_bits(_CLONE[0], 0, _CLONE_THREAD, _ALLOW, _KILL),
        _if_among(_TGKILL[0], 0, (pid,), _ALLOW, _KILL),
        _if_among(_PRLIMIT[0], 0, (0,), _ALLOW, _KILL),
        _if_among(_NEWFSTATAT, 3, (_AT_EMPTY_PATH,), _ALLOW, _NO_FILE),
        _if_among(_FCNTL_CALL, 1, _FCNTL, _ALLOW, _KILL),
        _if_among(_PRCTL, 0, (_PR_SET_NAME,), _ALLOW, _KILL),
    ]
    looked_at = {block[0][3] for block in by_argument}
    program = _start("x86_64")
    for number in system_calls.LISTED.values():
        if number not in looked_at:
            program += _answer(number, _ALLOW)
    for block in by_argument:
        program += block
    for number in system_calls.LOOKING.values():
        program += _answer(number, _NO_FILE)
    return [*program, (_RETURN, 0, 0, _KILL)]


def unreaching_program(
    machine: str, pid: int, *, allowed: Collection[str] = ()
) -> list[Instruction]:
    """Return the filter that lets calls which reach outside fail.

    Parameters
    ----------
    machine : str
        One of `ARCHITECTURES`.
    pid : int
        The process that may still send signals to its own threads, which is how it aborts.
    allowed : collection of str
        Names of `FORBIDDEN` that go through all the same; with any, files may also be written.
    """
    which = ARCHITECTURES[machine][0]
    program = _start(machine)
    for name, numbers in FORBIDDEN.items():
        number = numbers[which]
        if number is not None and name not in allowed:
            program += _answer(number, _REFUSE)
    # The C library then makes its threads by clone, whose flags can be looked at.
    program += _answer(_CLONE3[which], _NO_SUCH_CALL)
    program += _if_bits(_CLONE[which], 0, _CLONE_THREAD, _ALLOW, _REFUSE)
    program += _if_among(_TGKILL[which], 0, (pid,), _ALLOW, _REFUSE)
    program += _if_among(_PRLIMIT[which], 0, (0,), _ALLOW, _REFUSE)
    if not allowed:
        program += _if_bits(_MMAP[which], 2, _PROT_EXEC, _REFUSE, _ALLOW)
        program += _if_bits(_MPROTECT[which], 2, _PROT_EXEC, _REFUSE, _ALLOW)
        program += _if_bits(_OPENAT[which] or 0, 2, _WRITING, _REFUSE, _ALLOW)
        if _OPEN[which] is not None:
            program += _if_bits(_OPEN[which] or 0, 1, _WRITING, _REFUSE, _ALLOW)
    return [*program, (_RETURN, 0, 0, _ALLOW)]


def kinds(machine: str | None = None) -> tuple[str, ...]:
    """Return the filters that are known for a machine, the narrowest first."""
    if not sys.platform.startswith("linux"):
        return ()
    machine = machine or platform.machine()
    if machine == "x86_64":
        return LISTED, UNREACHING
    return (UNREACHING,) if machine in ARCHITECTURES else ()


def packed(program: Sequence[Instruction]) -> bytes:
    """Return a filter as the kernel reads it: `struct sock_filter`, eight bytes a step."""
    return b"".join(struct.pack("=HBBI", *step) for step in program)


def forbid_system_calls(kind: str = LISTED, *, allowed: Collection[str] = ()) -> bool:
    """Put a filter over this process and all its threads to come, for good.

    Parameters
    ----------
    kind : str
        `LISTED`, `UNREACHING`, or `NONE` for no filter.
    allowed : collection of str
        See `unreaching_program`.

    Returns
    -------
    bool
        Whether it is in force. It is not where this machine has no such filter, see `kinds`, nor
        where the kernel has none; the other walls hold there all the same.
    """
    if kind not in kinds():
        return False
    if kind == LISTED:
        program = listed_program(os.getpid())
    else:
        program = unreaching_program(platform.machine(), os.getpid(), allowed=allowed)
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
