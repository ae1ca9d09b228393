#!/bin/bash
# Put Spilka on a fresh Debian 12 or 13:  sudo ./install.sh
#
# It asks nothing and may be run again at any time: that is the upgrade, and it is also the repair after it was
# interrupted. All data is kept, and Asterisk is not stopped while anybody is talking. It says little until
# something fails, and then shows all that the failing command said.
#
#   --demo                     fill the new box with a union of twenty shops, calls and books
#   --restore, --restore=NAME  put the last copy back, or the one of this name: from the backup folder, else from
#                              outside (SPILKA_BACKUP_REPOSITORY, SPILKA_BACKUP_PASSWORD)
#   --force                    even where a union lives; what is replaced is put aside
#
# Settings (settings.py lists them all) may be given in the environment; they are kept in /etc/spilka/spilka.env:
#
#   SPILKA_PUBLIC_HOST=phones.example.org   the name people type into the browser
#   SPILKA_EXTERNAL_ADDRESS=203.0.113.7     the public address, when the machine itself has a private one
#   ASTERISK_ROOT=/                         use the machine's own Asterisk 22
set -euo pipefail
umask 022

. "$(dirname "${BASH_SOURCE[0]}")/deploy/steps.sh"

OPT=/opt/spilka      # what this script makes: the code, its Python, Asterisk
ETC=/etc/spilka      # settings and secrets
DATA=/var/lib/spilka # what must survive
ENV=$ETC/spilka.env
PROCESSES=(spilka-agi spilka-scheduler spilka-web) # an upgrade restarts these; Asterisk only between calls

main() {
    read_arguments "$@"
    the_machine
    alone "$@"
    say "Spilka on $PRETTY_NAME"
    debian_packages
    user_and_folders
    asterisk
    settings_and_secrets
    code_and_python
    hand_over
    caddy
    services
    demonstration
    test_call
    farewell
}

# --- 1. Is this a machine for it? ---------------------------------------------------------------------------

read_arguments() {
    local argument
    DEMO=no RESTORE=no WHICH=()
    for argument in "$@"; do
        case $argument in
        --demo) DEMO=yes ;;
        --restore) RESTORE=yes ;;
        --restore=*) RESTORE=yes WHICH+=("${argument#*=}") ;;
        --force) WHICH+=(--force) ;;
        *) die "Unknown option: $argument (there are --demo, --restore and --force)" ;;
        esac
    done
}

the_machine() {
    [ "$(id -u)" = 0 ] || die "Root is needed: sudo ./install.sh"
    # shellcheck disable=SC1091
    . /etc/os-release
    case "$ID-${VERSION_ID:-}" in
    debian-12 | debian-13) ;;
    *) die "Spilka is made for Debian 12 and 13; this is ${PRETTY_NAME:-another system}." ;;
    esac
    [ -d "$OPT" ] || [ "$(df --output=avail -k /opt | tail -n 1)" -gt 3000000 ] || die "3 GB of free disk are needed."
}

# One at a time: the rest runs under a lock, which --close keeps from the processes it starts.
alone() {
    [ "${UNDER_LOCK:-}" != yes ] || { unset UNDER_LOCK && return; }
    UNDER_LOCK=yes exec flock --close --wait 600 /run/lock/spilka-install "$0" "$@"
}

# --- 2. What Debian has ready ---------------------------------------------------------------------------------

debian_packages() {
    PACKAGES+=(caddy iproute2 logrotate openssh-client)
    has_systemd || PACKAGES+=(supervisor)
    require_packages "${PACKAGES[@]}"
    done_with "Debian packages"
}

has_systemd() { [ -d /run/systemd/system ]; }

# --- 3. A user that owns its data and nothing else ------------------------------------------------------------

user_and_folders() {
    id spilka >/dev/null 2>&1 ||
        quietly useradd --system --user-group --home-dir "$DATA" --no-create-home --shell /usr/sbin/nologin spilka
    install -d -m 755 "$OPT"
    install -d -m 750 -g spilka "$ETC"
    install -d -m 750 -o spilka -g spilka "$DATA" /var/log/spilka
    done_with "User spilka and its folders"
}

# --- 4. Asterisk, in a root of its own --------------------------------------------------------------------------

asterisk() {
    local before
    ASTERISK=${ASTERISK_ROOT:-${SPILKA_ASTERISK_ROOT:-$(setting ASTERISK_ROOT "$OPT/asterisk")}}
    before=$(age_of "$ASTERISK")
    quietly "$HERE/deploy/asterisk-root.sh" "$ASTERISK"
    [ -z "$before" ] || [ "$before" = "$(age_of "$ASTERISK")" ] || touch "$OPT/.restart-asterisk"
    done_with "Asterisk"
}

age_of() { stat --format=%i "$1/usr/sbin/asterisk" 2>/dev/null || true; }

# --- 5. Settings: secrets made once, what the environment says, addresses detected ----------------------------

settings_and_secrets() {
    local name given
    install -m 640 -g spilka /dev/null "$ENV.new"
    [ ! -f "$ENV" ] || cat "$ENV" >"$ENV.new"
    for name in $(compgen -e SPILKA_); do
        given=${!name}
        put "${name#SPILKA_}" "$given"
        GIVEN+=" ${name#SPILKA_} "
        unset "$name"
    done
    ! is_decided DATA_DIR && ! is_decided PBX_DIR || die "Data is kept in $DATA; mount the disk you want there."
    put ASTERISK_ROOT "$ASTERISK"
    for name in SECRET_KEY AMI_SECRET; do
        is_decided "$name" || put "$name" "$(python3 -c 'import secrets; print(secrets.token_hex(24))')"
    done
    detect_addresses
    quietly python3 -B -c 'import pathlib, sys
sys.path.insert(0, sys.argv[1])
import settings
settings.load(settings.env_file(pathlib.Path(sys.argv[2])))' "$HERE" "$ENV.new"
    put_in_place "$ENV" || true
    done_with "Settings and secrets ($ENV)"
}

put() {
    ! grep -qxF "SPILKA_$1=$2" "$ENV.new" || return 0
    sed -i "/^SPILKA_$1=/d" "$ENV.new"
    printf 'SPILKA_%s=%s\n' "$1" "$2" >>"$ENV.new"
}

is_decided() { grep -q "^SPILKA_$1=" "$ENV.new"; }

# The value of a setting as it stands, $2 where there is none.
setting() {
    local value
    value=$(sed -n "s/^SPILKA_$1=//p" "$ENV" 2>/dev/null || true)
    echo "${value:-$2}"
}

detect_addresses() {
    local address external name
    address=$(own_address)
    is_decided EXTERNAL_ADDRESS || put EXTERNAL_ADDRESS "$(! is_private "$address" || address_from_cloud)"
    external=$(sed -n 's/^SPILKA_EXTERNAL_ADDRESS=//p' "$ENV.new")
    is_decided ICE_ADDRESSES || put ICE_ADDRESSES "${external:+$address=$external}"
    name=$(hostname --fqdn 2>/dev/null || true)
    is_decided PUBLIC_HOST || put PUBLIC_HOST "$(! leads_here "$name" "$address" || echo "$name")"
}

# The address of the interface that leads outside; of this machine alone when none does.
own_address() {
    local device
    device=$(ip -4 route show default | sed -n 's/.* dev \([^ ]*\).*/\1/p' | head -n 1)
    ip -4 -o address show ${device:+dev "$device"} scope global | sed -n 's/.* inet \([0-9.]*\).*/\1/p' |
        grep -m 1 . || echo 127.0.0.1
}

is_private() { python3 -c 'import ipaddress, sys; sys.exit(not ipaddress.ip_address(sys.argv[1]).is_private)' "$1"; }

# Most clouds tell a machine its public address at this link-local one; nothing where there is no such service.
address_from_cloud() {
    python3 -c 'import ipaddress, urllib.request as http
url = "http://169.254.169.254/latest/meta-data/public-ipv4"
print(ipaddress.ip_address(http.build_opener(http.ProxyHandler({})).open(url, timeout=1).read().decode().strip()))' \
        2>/dev/null || true
}

# Whether a host name is known to the world as this machine: only then will Caddy get a certificate for it.
leads_here() {
    local external
    external=$(sed -n 's/^SPILKA_EXTERNAL_ADDRESS=//p' "$ENV.new")
    [[ $1 == *.* ]] && ! is_private "${external:-$2}" &&
        getent ahostsv4 "$1" | cut -d ' ' -f 1 | grep -qxF "${external:-$2}"
}

# --- 6. The code and its Python, made aside so that what runs is not disturbed --------------------------------

code_and_python() {
    rm -rf "$OPT/app.new"
    mkdir "$OPT/app.new"
    tar --create --directory "$HERE" --exclude='./.*' --exclude=./tests --exclude=__pycache__ --exclude='*.mo' . |
        tar --extract --directory "$OPT/app.new" --no-same-owner
    chmod -R u=rwX,go=rX "$OPT/app.new"
    (cd "$OPT/app.new" && find . -type f -print0 | sort -z | xargs -0 sha256sum | sha256sum >"$OPT/.version.new")
    mv "$OPT/.version.new" "$OPT/app.new/.version"
    VENV=$OPT/venv-$( (python_version; cat "$HERE/requirements.txt") | sha256sum | cut -c 1-12)
    require_venv "$VENV" "$HERE/requirements.txt"
    if is_new_code; then
        compile_translations "$VENV" "$OPT/app.new"
        quietly "$VENV/bin/python" -m compileall -q "$OPT/app.new"
    fi
    done_with "Code and its Python"
}

is_new_code() { ! cmp --quiet "$OPT/app.new/.version" "$OPT/app/.version"; }

# --- 7. From the old code to the new: the only seconds in which the pages rest; calls go on ---------------------

hand_over() {
    if is_new_code; then
        rm -rf "$OPT/app.old"
        [ ! -e "$OPT/app" ] || mv -T "$OPT/app" "$OPT/app.old"
        mv -T "$OPT/app.new" "$OPT/app"
    fi
    ln -sfn "$VENV" "$OPT/venv.new" && mv -T "$OPT/venv.new" "$OPT/venv"
    is_up_to_date || control stop spilka-web spilka-scheduler # nobody writes while tables change
    [ "$RESTORE" = no ] || take_back
    quietly spilka migrate
    quietly spilka render-pbx
    rm -rf "$OPT"/app.{old,new}
    find "$OPT" -maxdepth 1 -name 'venv-*' ! -path "$VENV" -exec rm -rf {} +
    done_with "Database and Asterisk's configuration"
}

# Put a copy back; where that is refused everything goes on as it was.
take_back() {
    [ ! -d "$DATA/backups" ] || chown -R spilka:spilka "$DATA/backups" # carried here by root
    REFUSED=yes
    spilka restore --look "${WHICH[@]}" || return 0
    rm -f "$OPT/.started"
    control stop spilka-asterisk "${PROCESSES[@]}"
    spilka restore "${WHICH[@]}" || return 0
    REFUSED=no
    settings_of_the_copy
    done_with "The copy"
}

# Its settings and secrets, but for this machine's addresses and what this command says.
settings_of_the_copy() {
    local line name
    install -m 640 -g spilka "$ENV" "$ENV.new"
    while IFS= read -r line; do
        name=${line%%=*}
        name=${name#SPILKA_}
        [[ $name =~ ^[A-Z_]+$ && " EXTERNAL_ADDRESS ICE_ADDRESSES ${GIVEN:-}" != *" $name "* ]] || continue
        put "$name" "${line#*=}"
    done <"$DATA/restored.env"
    rm "$DATA/restored.env"
    put_in_place "$ENV" || true
}

# Our own commands, as our own user.
spilka() { runuser --user spilka -- env --chdir="$OPT/app" "$OPT/venv/bin/python" commands.py "$@"; }

# Whether the processes run what is installed; they are stamped once they have been started.
is_up_to_date() { [ "$(cat "$OPT/.started" 2>/dev/null)" = "$(what_they_run)" ]; }

what_they_run() { cat "$OPT/app/.version" "$ENV" | sha256sum; echo "$VENV"; }

# --- 8. Caddy in front: a certificate by itself for a name, one of its own making for an address ----------------

caddy() {
    local bind port host sites tls='' redirects=''
    bind=$(setting HTTPS_BIND 0.0.0.0:443)
    port=${bind##*:}
    host=$(setting PUBLIC_HOST '')
    sites=$host
    if [ -z "$host" ]; then
        host=$(setting EXTERNAL_ADDRESS "$(own_address)")
        sites=$(printf 'https://%s\n' "$host" "$(own_address)" localhost 127.0.0.1 | sort -u | paste -s -d ,)
        tls='tls internal'
    fi
    [ "$port" = 443 ] || redirects='auto_https disable_redirects'
    ADDRESS=https://$host
    [ "$port" = 443 ] || ADDRESS+=:$port
    sed -e "s|@PORT@|$port|; s|@NAME@|$host|; s|@SITES@|${sites//,/, }|; s|@BIND@|${bind%:*}|" \
        -e "s|@TLS@|$tls|; s|@REDIRECTS@|$redirects|" \
        -e "s|@ASTERISK@|$(setting HTTP_BIND 127.0.0.1:8088)|; s|@WEB@|$(setting WEB_BIND 127.0.0.1:8000)|" \
        "$OPT/app/deploy/Caddyfile" >/etc/caddy/Caddyfile.new
    ! put_in_place /etc/caddy/Caddyfile || touch "$OPT/.restart-caddy"
    done_with "Caddy"
}

# --- 9. The processes: under systemd where it runs, otherwise under Debian's supervisor -----------------------

services() {
    if has_systemd; then units; else supervisor; fi
    control start spilka-asterisk
    asterisk_between_calls
    is_up_to_date || control restart "${PROCESSES[@]}"
    control start "${PROCESSES[@]}"
    quietly spilka doctor --wait 90
    what_they_run >"$OPT/.started"
    put_a_copy "$OPT/app/deploy/logrotate" /etc/logrotate.d/spilka || true
    done_with "Processes"
}

units() {
    local unit changed=no
    for unit in "$OPT"/app/deploy/spilka-*.service; do
        ! put_a_copy "$unit" "/etc/systemd/system/${unit##*/}" || changed=yes
    done
    [ $changed = no ] || quietly systemctl daemon-reload
    quietly systemctl enable caddy spilka-asterisk "${PROCESSES[@]}"
    [ ! -e "$OPT/.restart-caddy" ] || quietly systemctl reload-or-restart caddy
    quietly systemctl start caddy
    rm -f "$OPT/.restart-caddy"
}

supervisor() {
    put_a_copy "$OPT/app/deploy/supervisor.conf" /etc/supervisor/conf.d/spilka.conf || true
    supervisorctl pid >/dev/null 2>&1 || quietly /etc/init.d/supervisor start
    quietly supervisorctl reread
    quietly supervisorctl update spilka-caddy "${PROCESSES[@]}"
    ! asterisk_is_idle || quietly supervisorctl update spilka-asterisk
    [ ! -e "$OPT/.restart-caddy" ] || quietly supervisorctl restart spilka-caddy
    rm -f "$OPT/.restart-caddy"
}

# start, stop or restart processes; what is so already stays so, what is not known yet is passed over.
control() {
    local verb=$1
    shift
    if has_systemd; then
        systemctl "$verb" "$@" >/dev/null 2>&1 || [ "$verb" = stop ] || quietly systemctl status "$@"
    else
        supervisorctl "$verb" "$@" >/dev/null 2>&1 || [ "$verb" = stop ] || quietly supervisorctl status "$@"
    fi
}

# A new Asterisk begins when the last call of the old one has ended; its keeper starts it again.
asterisk_between_calls() {
    [ -e "$OPT/.restart-asterisk" ] || return 0
    quietly asterisk_says 'core stop when convenient'
    rm -f "$OPT/.restart-asterisk"
}

asterisk_is_idle() { ! asterisk_says 'core show channels count' 2>/dev/null | grep -q '^[1-9][0-9]* active channel'; }

asterisk_says() {
    runuser --user spilka -- env ASTERISK_ROOT="$ASTERISK" "$OPT/app/deploy/asterisk" \
        -C "$(setting PBX_DIR "$DATA/asterisk")/etc/asterisk.conf" -rx "$1"
}

# --- 10. Does it work? ------------------------------------------------------------------------------------------

demonstration() {
    [ "$DEMO" = yes ] || return 0
    control stop spilka-scheduler # the month is taken in as it is written, by nobody else
    spilka demo
    control start spilka-scheduler
    done_with "A union to look at"
}

test_call() {
    [ "${REFUSED:-no}" = no ] || die "Nothing was put back; Spilka runs as before."
    say "A call of its own goes through:"
    spilka test-call || die "The test call failed; nothing was lost. When the cause is mended, run install.sh again."
}

farewell() {
    say
    say "Spilka runs at $ADDRESS"
    spilka first-log-in
}

main "$@"
