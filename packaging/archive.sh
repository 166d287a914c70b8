#!/bin/sh
# Packs a binary into a release archive, with a checksum beside it: packaging/archive.sh BINARY FOLDER
# The same binary and files give the same bytes.
set -eu
binary=$1
mkdir -p "$2"
out=$(cd "$2" && pwd)
root=$(cd "$(dirname "$0")/.." && pwd)
version=$("$binary" --version)
name="lacuna-${version##* }"
archive="$name-$(uname -m)-linux.tar.gz"
packed=$(mktemp -d)
trap 'rm -rf "$packed"' EXIT
mkdir -p "$packed/$name/packaging"
install -m 755 "$binary" "$packed/$name/lacuna"
cd "$root"
cp -r LICENSE README.md CHANGELOG.md docs "$packed/$name/"
cp packaging/lacuna.service "$packed/$name/packaging/"
chmod -R u=rwX,go=rX "$packed/$name"
tar --sort=name --owner=0 --group=0 --numeric-owner --mtime=@0 -C "$packed" -cf - "$name" | gzip -n >"$out/$archive"
cd "$out"
sha256sum "$archive" >"$archive.sha256"
echo "$out/$archive"
