# shellcheck shell=bash
# The steps that install.sh and tests/run share. Sourced, never run. Every step may be repeated and survives a kill.

# shellcheck disable=SC2034  # for those who source this
HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
export DEBIAN_FRONTEND=noninteractive PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_INPUT=1

# Debian packages both the box and the tests use.
# shellcheck disable=SC2034
PACKAGES=(python3 python3-venv ca-certificates debian-archive-keyring ffmpeg espeak-ng restic sip-tester)

say() { printf '%s\n' "$*"; }

done_with() { say "  ✓ $*"; }

die() {
    printf '\n%s\n' "$*" >&2
    exit 1
}

# Run a command without a word; when it fails, show all it said and stop.
quietly() {
    local log status=0
    log=$(mktemp)
    "$@" >"$log" 2>&1 </dev/null || status=$?
    if [ "$status" != 0 ]; then
        cat "$log" >&2
        rm -f "$log"
        die "This command failed ($status): $*"
    fi
    rm -f "$log"
}

as_root() {
    if [ "$(id -u)" = 0 ]; then
        "$@"
    elif command -v sudo >/dev/null; then
        sudo "$@"
    else
        die "Root is needed for: $*"
    fi
}

# Install those of the named Debian packages that are missing.
require_packages() {
    local missing
    missing=$(for name in "$@"; do
        dpkg-query --show --showformat='${db:Status-Status}' "$name" 2>/dev/null | grep -qx installed || echo "$name"
    done)
    [ -n "$missing" ] || return 0
    # shellcheck disable=SC2086  # one word per package
    {
        quietly as_root "${ALONE[@]}" dpkg --configure --pending
        quietly as_root "${ALONE[@]}" apt-get -q update
        quietly as_root "${ALONE[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -qy --no-install-recommends \
            -o DPkg::Lock::Timeout=300 -o Dpkg::Options::=--force-confold install $missing
    }
}

# Before a command for packages: wait for one that outlived a killed run.
ALONE=(flock --close --wait 300 /run/lock/spilka-packages)

# A virtual environment at $1 with exactly the requirements files $2…; made anew when they or Python change.
require_venv() {
    local venv=$1 key file wanted=()
    shift
    for file in "$@"; do wanted+=(--requirement "$file"); done
    key=$(python_version; cat "$@")
    [ "$(cat "$venv/.made-from" 2>/dev/null)" != "$key" ] || return 0
    rm -rf "$venv"
    quietly "$(python_for_venv)" -m venv "$venv"
    quietly "$venv/bin/pip" install --quiet "${wanted[@]}"
    printf '%s\n' "$key" >"$venv/.made-from"
}

# Debian's own Python, or any other that is new enough.
python_for_venv() {
    local python
    for python in /usr/bin/python3 python3; do
        ! "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || break
    done
    command -v "$python"
}

python_version() { "$(python_for_venv)" -c 'import sys; print(sys.version)'; }

# Compile the translations under $2 with the venv $1.
compile_translations() {
    [ ! -d "$2/translations" ] || quietly "$1/bin/pybabel" compile --directory "$2/translations"
}

# Let $1.new take the place of $1 if it differs; false when it did not.
put_in_place() {
    if cmp --quiet "$1.new" "$1"; then
        rm -f "$1.new"
        return 1
    fi
    mv -T "$1.new" "$1"
}

put_a_copy() {
    install -m 644 "$1" "$2.new"
    put_in_place "$2"
}
