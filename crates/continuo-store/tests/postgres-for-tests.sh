#!/bin/sh
# Starts a throw-away PostgreSQL in the folder $1 and removes it when process $2 ends.
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
$as initdb -D "$folder/data" -U continuo -A trust --no-sync --locale=C -E UTF8 >"$folder/log" 2>&1
options="-c listen_addresses='' -c unix_socket_directories=$folder -c max_connections=200 -c shared_buffers=64MB"
$as pg_ctl -D "$folder/data" -l "$folder/server.log" -w -o "$options" start >>"$folder/log" 2>&1
(
    while kill -0 "$parent" 2>/dev/null; do sleep 0.2; done
    $as pg_ctl -D "$folder/data" -m immediate stop
    rm -rf "$folder"
) >/dev/null 2>&1 </dev/null &
