#!/bin/bash
# Make the private root that Asterisk runs from: deploy/asterisk-root.sh DIRECTORY
#
# Debian stable carries no Asterisk, Debian sid does. apt chooses the packages against an empty list of installed
# ones, so that it takes asterisk and all it needs, libc included, and nothing of the host's; dpkg-deb unpacks them.
# Nothing is installed or configured and no script of a package runs: deploy/asterisk runs the result through its
# own loader. So this needs no root and no chroot, works through whatever mirror, proxy and keys the host's apt
# uses, and cannot be broken by a package of sid that does not configure. (debootstrap takes ten times as long and
# six times the room, and resolves no virtual packages.)
#
# All work happens in DIRECTORY.new, renamed only when complete and of an accepted version (deploy/asterisk.version);
# a kill at any moment leaves the old root or none. Run again, it checks the version and is done.
#
# DIRECTORY / means the host's own Asterisk: only its version is checked. DEBIAN_MIRROR names a mirror to use first,
# needed where the host's apt knows none of Debian's.
set -euo pipefail

HERE=$(cd "$(dirname "$0")" && pwd)
TARGET=$(realpath -m "${1:?usage: asterisk-root.sh DIRECTORY}")
SUITE=sid
PACKAGES=(asterisk)
KEYRING=/usr/share/keyrings/debian-archive-keyring.gpg

main() {
    if [ "$TARGET" = / ]; then
        require_accepted /
        return
    fi
    ! is_accepted || return 0
    mkdir -p "$(dirname "$TARGET")"
    exec {LOCK}>"$TARGET.lock" && flock "$LOCK"
    ! is_accepted || return 0
    build
    require_accepted "$TARGET.new"
    put_in_place
}

# --- is what stands there good? ---------------------------------------------------------------------------

recipe() { echo "$SUITE ${PACKAGES[*]}"; }

is_accepted() { [ "$(cat "$TARGET/.recipe" 2>/dev/null)" = "$(recipe)" ] && (require_accepted "$TARGET") 2>/dev/null; }

require_accepted() {
    local version least below
    { read -r least; read -r below; } < <(grep -v '^#' "$HERE/asterisk.version")
    version=$(ASTERISK_ROOT=$1 "$HERE/asterisk" -V | grep -oE '[0-9]+(\.[0-9]+)+' | head -n 1)
    if ! printf '%s\n' "$least" "$version" | sort -VC || printf '%s\n' "$below" "$version" | sort -VC; then
        echo "Asterisk ${version:-of unknown version} in $1 is not accepted: it must be $least or later and below $below." >&2
        return 1
    fi
}

# --- download and unpack ----------------------------------------------------------------------------------

build() {
    rm -rf "$TARGET.new"
    mkdir -p "$TARGET.new/.apt/lists/partial" "$TARGET.new/.apt/archives/partial"
    : >"$TARGET.new/.apt/status"
    download
    unpack
    strip_root
    recipe >"$TARGET.new/.recipe"
}

download() {
    local mirror found=no
    for mirror in $(mirrors); do
        found=yes
        echo "deb [signed-by=$KEYRING] $mirror $SUITE main" >"$TARGET.new/.apt/sources.list"
        ! private_apt update --error-on=any || break
    done
    [ "$found" = yes ] || { echo "apt knows no mirror of Debian here: name one in DEBIAN_MIRROR." >&2 && return 1; }
    private_apt install --yes --no-install-recommends --download-only "${PACKAGES[@]}"
}

# The mirror asked for, then those this machine's apt has Debian itself from.
mirrors() {
    local ID='' VERSION_CODENAME=''
    . /etc/os-release
    echo "${DEBIAN_MIRROR:-}"
    if [ "$ID" = debian ]; then
        apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' "Release: $VERSION_CODENAME" 'Component: main'
    fi
}

# The host's apt with its proxies and certificates, but sources, lists, cache and installed packages of its own.
# A mirror's index of sid may be older than it promises, hence no Check-Valid-Until.
private_apt() {
    local state=$TARGET.new/.apt
    apt-get -qq \
        -o Dir::State="$state" -o Dir::State::status="$state/status" -o Dir::Cache="$state" \
        -o Dir::Etc::sourcelist="$state/sources.list" -o Dir::Etc::sourceparts=/dev/null \
        -o Dir::Etc::preferences=/dev/null -o Dir::Etc::preferencesparts=/dev/null \
        -o APT::Sandbox::User=root \
        -o Acquire::Check-Valid-Until=false -o Acquire::Languages=none -o Acquire::Retries=3 "$@"
}

unpack() {
    local name package
    for name in bin sbin lib lib64; do
        mkdir -p "$TARGET.new/usr/$name"
        ln -s "usr/$name" "$TARGET.new/$name"
    done
    for package in "$TARGET.new"/.apt/archives/*.deb; do
        dpkg-deb --extract "$package" "$TARGET.new"
    done
    ln -s en_US_f_Allison "$TARGET.new/usr/share/asterisk/sounds/en" # what the package's script would have done
}

# What Asterisk never opens: apt's own files, documentation, other languages, Perl, GnuPG.
strip_root() {
    (cd "$TARGET.new" && rm -rf .apt var/cache etc/init.d usr/bin/{perl,gpg}* \
        usr/share/{doc,man,info,locale,lintian,bug,perl,perl5} usr/lib/*-linux-gnu/{perl*,gconv/*.so})
}

# A kill between the two renames leaves no root; the next run makes one.
put_in_place() {
    rm -rf "$TARGET.old"
    [ ! -e "$TARGET" ] || mv -T "$TARGET" "$TARGET.old"
    mv -T "$TARGET.new" "$TARGET"
    rm -rf "$TARGET.old"
}

main
