# shellcheck shell=sh disable=SC2034
# libpq knows neither the drivers nor the options that applications write into the URL.
url=$(printf %s "${DATABASE_URL:-}" | sed \
    -e 's/^postgres\(ql\)\{0,1\}+[a-z0-9_]*:/postgresql:/' \
    -e 's/\([?&]\)ssl=/\1sslmode=/' \
    -e 's/\([?&]\)\(schema\|connection_limit\|pool_timeout\|pool_size\|pgbouncer\)=[^&]*/\1/g' \
    -e 's/\([?&]\)&\{1,\}/\1/g' -e 's/[?&]*$//')
export PGCONNECT_TIMEOUT=5 PGOPTIONS="${PGOPTIONS:-} -c client_min_messages=warning"
