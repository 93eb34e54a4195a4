# shellcheck shell=sh disable=SC2154
# Runs the SQL files of the folder $1 that have not run yet, in the order of their names, each in one
# transaction with its line in the ledger; one that begins with `-- no transaction` without.
export LC_ALL=C
ask() { psql -XAtq -v ON_ERROR_STOP=1 "$url" "$@"; }
sum_of() { sha256sum <"$1" | cut -d ' ' -f 1; }

ask -c 'create table if not exists slipway_ledger (name text primary key, sha256 text not null,
    ran_at timestamptz not null default now())'
ran=$(ask -F ' ' -c 'select name, sha256 from slipway_ledger order by name collate "C"')
last=$(printf '%s\n' "$ran" | tail -n 1 | cut -d ' ' -f 1)

# All is checked before anything runs.
for file in "$1"/*.sql; do
    name=${file##*/}
    known=$(printf '%s\n' "$ran" | sed -n "s/^$name //p")
    if [ -n "$known" ] && [ "$known" != "$(sum_of "$file")" ]; then
        echo "$name was edited after it ran. Put it back, and write the change into a new file."
        exit 3
    fi
    if [ -z "$known" ] && expr "$name" \< "$last" >/dev/null; then
        echo "$name comes before $last, which has run. Give it a later name."
        exit 3
    fi
done
printf '%s\n' "$ran" | while read -r name _sum; do
    [ -z "$name" ] || [ -e "$1/$name" ] || { echo "$name has run and is no longer there."; exit 3; }
done

for file in "$1"/*.sql; do
    name=${file##*/}
    case "
$ran" in *"
$name "*) echo "kept $name"; continue ;; esac
    echo "running $name"
    note="insert into slipway_ledger (name, sha256) values ('$name', '$(sum_of "$file")')"
    if head -n 1 "$file" | grep -qi '^-- *no transaction'; then
        ask -f "$file"
        ask -c "$note"
    else
        ask --single-transaction -f "$file" -c "$note"
    fi
done
