#!/usr/bin/env bash
# Make or refresh a virtual environment: scripts/install.sh FOLDER runtime|dev [PYTHON]
#
# The second run returns at once: the environment remembers what it was made from. An environment
# that several checkouts share remembers the checkout as well, and is pointed at the one that asks.
set -euo pipefail
cd "$(dirname "$0")/.."

venv=$1
kind=$2
wanted_python=${3:-}
torch_index=https://download.pytorch.org/whl/cpu

suits() { # whether a command is a Python that the project runs on, and can make environments
    "$1" -c 'import sys, venv, ensurepip; sys.exit(not (3, 11) <= sys.version_info < (3, 13))' \
        >/dev/null 2>&1
}

find_python() {
    local candidate
    for candidate in ${wanted_python:-python3.11 python3.12 python3 python}; do
        if suits "$candidate"; then
            echo "$candidate"
            return
        fi
    done
    echo "Python 3.11 or 3.12 with its venv module is needed and was not found; install it, or say" \
        "where it is: make app PYTHON=/path/to/python3.11" >&2
    return 1
}

lock=requirements.lock
if [ "$kind" = dev ]; then
    lock=requirements-dev.lock
fi
key="$(cat requirements.lock requirements-dev.lock pre-requirements.txt pyproject.toml | cksum) $(pwd)"

# An environment with the tests' packages serves the app as well.
for remembered in "$venv/.made-dev" "$venv/.made-$kind"; do
    if [ -x "$venv/bin/python" ] && [ "$(cat "$remembered" 2>/dev/null || true)" = "$key" ]; then
        exit 0
    fi
done

if ! suits "$venv/bin/python"; then
    python=$(find_python)
    echo "Making a virtual environment in $venv with $("$python" --version)."
    "$python" -m venv --clear "$venv"
fi

install() {
    local said
    # The lock leaves out what is not used (Whisper's triton), which pip would call an ERROR.
    if ! said=$("$venv/bin/python" -m pip install --quiet --disable-pip-version-check \
        --no-warn-conflicts "$@" 2>&1); then
        printf '%s\n' "$said" >&2
        if grep -qiE 'no matching distribution|max retries|connection|timed out' <<<"$said"; then
            echo "No package index answers with these packages; check the network, or PIP_INDEX_URL," \
                "and run the same command again." >&2
        fi
        return 1
    fi
}

# Every file is compared with the lock before it is opened. torch follows, see scripts/lock.py.
install --no-deps --require-hashes --requirement "$lock"

# torch's plain Linux wheel brings gigabytes of CUDA that nothing here uses. Where its own index
# answers, the CPU build of the same version is taken; elsewhere whatever pip finds.
indexes=()
if [ "$(uname -s)" = Linux ] && "$venv/bin/python" - "$torch_index/torch/" <<'PROBE' 2>/dev/null; then
import sys, urllib.request
urllib.request.urlopen(sys.argv[1], timeout=5)
PROBE
    indexes=(--extra-index-url "$torch_index")
fi
install "${indexes[@]}" "$(grep '^torch==' pre-requirements.txt)"
# Until 1.0 the package had the name that is now another's.
"$venv/bin/python" -m pip uninstall --quiet --yes --disable-pip-version-check viral 2>/dev/null || true
install --no-deps --editable .

# What takes seconds once happens now, and by one process alone, rather than under the first clip.
"$venv/bin/python" -c 'from viral.warm_up import prepare; prepare()'

rm -f "$venv"/.made-*
printf '%s\n' "$key" >"$venv/.made-$kind"
echo "Installed into $venv."
