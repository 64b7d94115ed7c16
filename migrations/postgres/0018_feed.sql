-- What sends records here: when it was last heard, its hours, and each time it fell silent.

create table feed (
    org bigint not null,
    source text collate "C" not null,
    first bigint not null,
    last bigint not null,
    silent_after bigint not null,
    usual text collate "C" not null,
    primary key (org, source)
);

create table feed_hour (
    org bigint not null,
    source text collate "C" not null,
    hour bigint not null,
    minutes bigint not null,
    primary key (org, source, hour)
);

create table feed_silence (
    org bigint not null,
    source text collate "C" not null,
    since bigint not null,
    noticed bigint not null,
    ended bigint not null,
    taken_by text collate "C" not null,
    taken_at bigint not null,
    note text collate "C" not null,
    primary key (org, source, since)
);
create index feed_silence_open on feed_silence (org, ended, source);
