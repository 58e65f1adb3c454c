#!/usr/bin/env bash
# Installs what the tests need from Debian: the tools that judge our formats and protocols, and
# what faults are injected with. Does nothing when everything is there.
set -euo pipefail

# One line each: the command that proves it is there, the package that brings it.
tools='
curl curl
gzip gzip
pigz pigz
zstd zstd
brotli brotli
openssl openssl
socat socat
stunnel4 stunnel4
nginx nginx-light
nats-server nats-server
chromium chromium
python3 python3
mount mount
script bsdutils
strace strace
'

missing=()
while read -r command package; do
  [ -n "$command" ] || continue
  command -v "$command" >/dev/null || missing+=("$package")
done <<<"$tools"
# A library has no command of its own.
python3 -c 'import websockets' 2>/dev/null || missing+=(python3-websockets)

[ ${#missing[@]} -gt 0 ] || exit 0

if ! command -v apt-get >/dev/null || [ "$(id -u)" != 0 ]; then
  echo "The tests need these Debian packages: ${missing[*]}" >&2
  echo "Install them, for example: sudo apt-get install -y ${missing[*]}" >&2
  exit 1
fi

export DEBIAN_FRONTEND=noninteractive
apt-get update -qq
apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
