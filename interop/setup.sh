#!/usr/bin/env bash
# Installs what the interop tests need from Debian's packages, where it is missing: usrsctp, a C compiler, tshark,
# and ip, which makes the network namespaces.
set -euo pipefail

missing=()
for package in libusrsctp-dev gcc libc6-dev make tshark iproute2; do
  dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'install ok installed' || missing+=("$package")
done
if [ ${#missing[@]} -eq 0 ]; then
  echo "interop: everything is installed"
  exit 0
fi
command -v apt-get >/dev/null || { echo "interop: this script knows apt-get only; install by hand: ${missing[*]}" >&2; exit 1; }
as_root=()
if [ "$(id -u)" -ne 0 ]; then
  command -v sudo >/dev/null || { echo "interop: run as root, to install: ${missing[*]}" >&2; exit 1; }
  as_root=(sudo)
fi
echo "interop: installing ${missing[*]}"
export DEBIAN_FRONTEND=noninteractive
"${as_root[@]}" apt-get -qq update
"${as_root[@]}" apt-get -qq -y --no-install-recommends install "${missing[@]}" >/dev/null
