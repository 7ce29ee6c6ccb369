#!/bin/sh
# Fetches PostgreSQL's own regression suite from the distribution's source package, for tests/nothing_false/regress.rs.
# Usage: regress.sh [FOLDER]; default /opt/evenkeel/postgresql-source. Needs apt-get, tar, bzip2. Nothing of it is committed.
set -eu
folder=${1:-/opt/evenkeel/postgresql-source}
major=15
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$work/lists/partial" "$work/cache/archives/partial" "$folder"
# A source list of our own: many machines list binary packages only. The mirror is the one that is configured.
mirror=$(apt-get indextargets --format '$(REPO_URI)' 2>/dev/null | grep -v security | head -n 1)
suite=$(. /etc/os-release && echo "$VERSION_CODENAME")
echo "deb-src ${mirror:-http://deb.debian.org/debian/} $suite main" >"$work/sources.list"
apt() {
	apt-get -o Dir::Etc::sourcelist="$work/sources.list" -o Dir::Etc::sourceparts=/dev/null \
		-o Dir::State::lists="$work/lists" -o Dir::Cache="$work/cache" -o APT::Sandbox::User=root "$@"
}
apt update -qq
(cd "$work" && apt source -qq --download-only "postgresql-$major")
tar -xf "$work"/postgresql-$major*.orig.tar.* -C "$folder" --strip-components=1 --wildcards '*/src/test/regress'
echo "$major" >"$folder/src/test/regress/MAJOR"
chmod -R a+rX "$folder"
echo "$folder/src/test/regress"
