# shellcheck shell=sh disable=SC2154
# Asks $1, which must be true.
[ -n "$1" ] || exit 0
said=$(psql -XAt -v ON_ERROR_STOP=1 "$url" -c "$1")
[ "$said" = t ] || { echo "verify says '$said', not 't': $1"; exit 1; }
