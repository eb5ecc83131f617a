#!/usr/bin/env bash
# Installs what the interop tests need from Debian's packages, where it is missing: usrsctp, a C compiler, tshark,
# and ip, which makes the network namespaces.
set -euo pipefail
. "$(dirname "$0")/apt-install.sh"

apt_install interop libusrsctp-dev gcc libc6-dev make tshark iproute2
if [ ${#missing[@]} -eq 0 ]; then echo "interop: everything is installed"; fi
