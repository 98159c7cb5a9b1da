#!/bin/sh
# Installs what tests run against, where it may: as root, by the system's own package manager. Never fails: a test whose peer is
# missing says so itself.
set -u

# A file that is there once the package is, and the package.
peers='
/usr/lib/postgresql/15/bin/postgres postgresql-15
/usr/sbin/postfix                   postfix
'

missing=''
while read -r file package; do
    [ -z "$file" ] || [ -e "$file" ] || missing="$missing $package"
done <<END
$peers
END

[ -n "$missing" ] || exit 0
if [ "$(id -u)" -ne 0 ] || ! command -v apt-get >/dev/null; then
    echo "missing:$missing (only root installs them, where there is apt-get)"
    exit 0
fi

echo "installing:$missing"
export DEBIAN_FRONTEND=noninteractive
# Tests start servers of their own. Without a runlevel the packages start none, and PostgreSQL makes no cluster that nobody asked for.
export RUNLEVEL=1
if [ ! -e /etc/postgresql-common/createcluster.conf ]; then
    mkdir -p /etc/postgresql-common
    echo 'create_main_cluster = false' >/etc/postgresql-common/createcluster.conf
fi
command -v debconf-set-selections >/dev/null && echo 'postfix postfix/main_mailer_type select No configuration' | debconf-set-selections
# One after another: a package that this system does not have keeps no other one out.
apt-get -qq update || true
for package in $missing; do
    apt-get -qq install --yes --no-install-recommends -o Dpkg::Options::=--force-confold "$package" || echo "could not install $package"
done
exit 0
