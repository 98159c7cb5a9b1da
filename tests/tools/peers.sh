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
# Tests start servers of their own, so the packages' scripts may start none.
policy=/usr/sbin/policy-rc.d
if [ ! -e "$policy" ]; then
    trap 'rm -f "$policy"' EXIT
    trap 'exit 1' HUP INT TERM
    printf '#!/bin/sh\nexit 101\n' >"$policy"
    chmod 755 "$policy"
fi
command -v debconf-set-selections >/dev/null && echo 'postfix postfix/main_mailer_type select No configuration' | debconf-set-selections
# One after another: a package that this system does not have keeps no other one out.
apt-get -qq update || echo 'could not read the lists of packages'
for package in $missing; do
    apt-get -qq install --yes --no-install-recommends -o Dpkg::Options::=--force-confold "$package" || echo "could not install $package"
done
exit 0
