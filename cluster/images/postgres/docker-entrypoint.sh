#!/bin/bash
# The contract of the official image's entry point: POSTGRES_USER, POSTGRES_PASSWORD, POSTGRES_DB,
# POSTGRES_INITDB_ARGS, POSTGRES_HOST_AUTH_METHOD, each also as _FILE; PGDATA; scripts in
# /docker-entrypoint-initdb.d run once, on an empty PGDATA.
# https://hub.docker.com/_/postgres, "How to extend this image"
set -euo pipefail

die() {
  echo "docker-entrypoint.sh: $*" >&2
  exit 1
}

# Sets $1 from itself, from the file named by $1_FILE, or to the default $2.
from_env() {
  local name=$1 file=${1}_FILE value=${2:-}
  [[ -n ${!name:-} && -n ${!file:-} ]] && die "$name and $file are both set; choose one"
  [[ -n ${!name:-} ]] && value=${!name}
  [[ -n ${!file:-} ]] && value=$(<"${!file}")
  export "$name=$value"
  unset "$file"
}

# initdb wants a name for the user id; a pod may run as any.
name_user_id() {
  getent passwd "$(id -u)" >/dev/null && return
  local library
  library=$(find /usr/lib -name libnss_wrapper.so | head -n 1)
  NSS_WRAPPER_PASSWD=$(mktemp)
  NSS_WRAPPER_GROUP=$(mktemp)
  export LD_PRELOAD=$library NSS_WRAPPER_PASSWD NSS_WRAPPER_GROUP
  echo "postgres:x:$(id -u):$(id -g):PostgreSQL:$PGDATA:/bin/false" >"$NSS_WRAPPER_PASSWD"
  echo "postgres:x:$(id -g):" >"$NSS_WRAPPER_GROUP"
}

init_database() {
  from_env POSTGRES_PASSWORD
  from_env POSTGRES_USER postgres
  from_env POSTGRES_DB "$POSTGRES_USER"
  from_env POSTGRES_INITDB_ARGS
  : "${POSTGRES_HOST_AUTH_METHOD:=}"
  if [[ -z $POSTGRES_PASSWORD && $POSTGRES_HOST_AUTH_METHOD != trust ]]; then
    die "the database is empty and POSTGRES_PASSWORD is not set: give the superuser a password"
  fi
  name_user_id
  # Word splitting is meant: these are arguments.
  # shellcheck disable=SC2086
  initdb --username="$POSTGRES_USER" --pwfile=<(printf '%s\n' "$POSTGRES_PASSWORD") \
    $POSTGRES_INITDB_ARGS
  local method
  method=${POSTGRES_HOST_AUTH_METHOD:-$(postgres -C password_encryption "$@")}
  printf '\nhost all all all %s\n' "$method" >>"$PGDATA/pg_hba.conf"
}

run_scripts() {
  local psql=(psql -v ON_ERROR_STOP=1 --no-psqlrc --username "$POSTGRES_USER" --no-password)
  if [[ $POSTGRES_DB != postgres ]]; then
    "${psql[@]}" --dbname postgres --set db="$POSTGRES_DB" <<<'CREATE DATABASE :"db";'
  fi
  local file
  for file in /docker-entrypoint-initdb.d/*; do
    case $file in
      *.sh) echo "running $file" && if [[ -x $file ]]; then "$file"; else . "$file"; fi ;;
      *.sql) echo "running $file" && "${psql[@]}" --dbname "$POSTGRES_DB" --file "$file" ;;
      *.sql.gz) echo "running $file" && gunzip -c "$file" | "${psql[@]}" --dbname "$POSTGRES_DB" ;;
    esac
  done
}

# Builds the database in a folder of its own and moves it to its place when it is whole,
# PG_VERSION last: a start that was killed half-way never leaves half a database as a whole one.
set_up() {
  local place=$PGDATA
  [[ -e $place/new ]] && find "$place" -mindepth 1 -delete
  export PGDATA=$place/new
  init_database "$@"
  # Only this container can reach the server while it is being set up.
  PGPASSWORD=$POSTGRES_PASSWORD
  export PGPASSWORD
  pg_ctl --wait --options "-c listen_addresses=''" start
  run_scripts
  pg_ctl --mode fast --wait stop
  unset PGPASSWORD
  find "$PGDATA" -mindepth 1 -maxdepth 1 ! -name PG_VERSION -exec mv -t "$place" {} +
  mv "$PGDATA/PG_VERSION" "$place"
  rmdir "$PGDATA"
  export PGDATA=$place
}

[[ ${1:-} == -* ]] && set -- postgres "$@"
if [[ ${1:-} == postgres ]]; then
  if [[ $(id -u) == 0 ]]; then
    mkdir -p "$PGDATA"
    chown -R postgres "$PGDATA" /var/run/postgresql
    exec setpriv --reuid=postgres --regid=postgres --init-groups "$0" "$@"
  fi
  mkdir -p "$PGDATA"
  chmod 0700 "$PGDATA" 2>/dev/null || true
  [[ -s $PGDATA/PG_VERSION ]] || set_up "${@:2}"
  unset POSTGRES_PASSWORD
fi
exec "$@"
