# Sourced by ./setup.sh and bench/setup.sh.
# Owns: installing from Debian's packages what is missing. Does not own: which packages (those two).

# apt_install NAME PACKAGE...: NAME stands before what is said. Leaves in `missing` the packages that were not there.
apt_install() {
  local name=$1 package
  shift
  missing=()
  for package in "$@"; do
    dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'install ok installed' || missing+=("$package")
  done
  [ ${#missing[@]} -gt 0 ] || return 0
  command -v apt-get >/dev/null || { echo "$name: this script knows apt-get only; install by hand: ${missing[*]}" >&2; exit 1; }
  local as_root=()
  if [ "$(id -u)" -ne 0 ]; then
    command -v sudo >/dev/null || { echo "$name: run as root, to install: ${missing[*]}" >&2; exit 1; }
    as_root=(sudo)
  fi
  echo "$name: installing ${missing[*]}"
  export DEBIAN_FRONTEND=noninteractive
  "${as_root[@]}" apt-get -qq update
  "${as_root[@]}" apt-get -qq -y --no-install-recommends install "${missing[@]}" >/dev/null
}
