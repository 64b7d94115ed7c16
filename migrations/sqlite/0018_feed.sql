-- What sends records here: when it was last heard, its hours, and each time it fell silent.

create table feed (
    org integer not null,
    source text not null,
    first integer not null,
    last integer not null,
    silent_after integer not null,
    usual text not null,
    primary key (org, source)
) without rowid;

create table feed_hour (
    org integer not null,
    source text not null,
    hour integer not null,
    minutes integer not null,
    primary key (org, source, hour)
) without rowid;

create table feed_silence (
    org integer not null,
    source text not null,
    since integer not null,
    noticed integer not null,
    ended integer not null,
    taken_by text not null,
    taken_at integer not null,
    note text not null,
    primary key (org, source, since)
) without rowid;
create index feed_silence_open on feed_silence (org, ended, source);
