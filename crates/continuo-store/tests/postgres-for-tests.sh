#!/bin/sh
# Starts a throw-away PostgreSQL in the folder $1 and removes it when process $2 ends. With $3 and $4 it also listens on
# that port of this machine, over TLS with the certificate in that folder.
# initdb refuses root, so root hands the folder to an ordinary user. Exit status 1: PostgreSQL is not here.
set -e
folder=$1
parent=$2
PATH=$PATH:$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | tail -n 1)
command -v initdb >/dev/null && command -v pg_ctl >/dev/null || exit 1
as=
if [ "$(id -u)" = 0 ]; then
    user=nobody
    id postgres >/dev/null 2>&1 && user=postgres
    chown "$user" "$folder"
    as="setpriv --reuid=$user --regid=$(id -g "$user") --clear-groups"
fi
chmod 711 "$folder"
cd "$folder"
# A folder that holds one already is started again: what a crash left.
[ -d "$folder/data" ] || $as initdb -D "$folder/data" -U continuo -A trust --no-sync --locale=C -E UTF8 --wal-segsize=4 >"$folder/log" 2>&1
listen="-c listen_addresses=''"
if [ -n "$3" ]; then
    cp "$4/server.crt" "$4/server.key" "$folder/data/"
    [ -n "$as" ] && chown "$user" "$folder/data/server.crt" "$folder/data/server.key"
    chmod 600 "$folder/data/server.key"
    echo "hostssl all all 127.0.0.1/32 trust" >"$folder/data/pg_hba.conf"
    echo "local all all trust" >>"$folder/data/pg_hba.conf"
    listen="-c listen_addresses=127.0.0.1 -c port=$3 -c ssl=on"
fi
options="$listen -c unix_socket_directories=$folder -c max_connections=200 -c shared_buffers=64MB"
# Nothing is replicated from here, and the log shares a small disk with a build.
options="$options -c wal_level=minimal -c max_wal_senders=0 -c min_wal_size=16MB -c max_wal_size=128MB"
$as pg_ctl -D "$folder/data" -l "$folder/server.log" -w -o "$options" start >>"$folder/log" 2>&1
(
    while kill -0 "$parent" 2>/dev/null; do sleep 0.2; done
    $as pg_ctl -D "$folder/data" -m immediate stop
    rm -rf "$folder"
) >/dev/null 2>&1 </dev/null &
