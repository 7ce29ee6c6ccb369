#!/bin/sh
# Fetches PostgreSQL's own regression suite from the distribution's source package, for tests/nothing_false/regress.rs.
# Usage: regress.sh [FOLDER]; default /opt/evenkeel/postgresql-source. Needs apt-get, tar, bzip2. Nothing of it is committed.
set -eu
folder=${1:-/opt/evenkeel/postgresql-source}
# The newest server of the distribution, which has its source too.
major=$(find /usr/lib/postgresql -path '*/bin/postgres' 2>/dev/null | cut -d / -f 5 | sort -n | tail -n 1)
if [ -z "$major" ]; then
	echo "regress.sh: no PostgreSQL of the distribution in /usr/lib/postgresql: script/setup installs one" >&2
	exit 1
fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$work/lists/partial" "$work/cache/archives/partial" "$folder"
# A source list of our own: many machines list binary packages only. The mirror is the one that is configured.
suite=$(. /etc/os-release && echo "$VERSION_CODENAME")
mirror=$(apt-get indextargets --format '$(ORIGIN) $(COMPONENT) $(REPO_URI)' 2>/dev/null |
	sed -n 's/^\(Debian\|Ubuntu\) main //p' | grep -v security | head -n 1)
if [ -z "$mirror" ]; then
	echo "regress.sh: apt knows no mirror of the distribution: run apt-get update" >&2
	exit 1
fi
echo "deb-src $mirror $suite main" >"$work/sources.list"
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
