# shellcheck shell=sh disable=SC2154
# Ends when the database lets us in, or after half a minute. What no waiting mends ends it at once.
began=$(date +%s)
until said=$(psql -XAt "$url" -c 'select 1' 2>&1); do
    case $said in
        *'authentication failed'* | *'does not exist'* | *'no pg_hba.conf entry'* | \
            *'is not permitted to log in'* | *'permission denied for database'* | *'invalid '*)
            echo "the database refuses us: $said"
            exit 2
            ;;
    esac
    if [ $(($(date +%s) - began)) -ge 30 ]; then
        echo "the database does not answer: $said"
        exit 2
    fi
    sleep 1
done
