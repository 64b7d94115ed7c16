-- Input that waits for a person, documents, and settings whose earlier versions stay.

create table setting (
    org bigint not null,
    name text collate "C" not null,
    version bigint not null,
    at bigint not null,
    actor text collate "C" not null,
    value text collate "C" not null,
    primary key (org, name, version)
);

create table input_kept (
    org bigint not null,
    id text collate "C" not null,
    at bigint not null,
    source text collate "C" not null,
    place text collate "C" not null,
    format text collate "C" not null,
    reason text collate "C" not null,
    state bigint not null,
    settled_by text collate "C" not null,
    settled_at bigint not null,
    hash bytea not null,
    bytes bytea not null,
    primary key (org, id)
);
create unique index input_kept_once on input_kept (org, hash);
create index input_kept_open on input_kept (org, state, at);

create table document_blob (
    org bigint not null,
    id text collate "C" not null,
    at bigint not null,
    patient bigint not null,
    labels bigint not null,
    type text collate "C" not null,
    name text collate "C" not null,
    hash bytea not null,
    bytes bytea not null,
    primary key (org, id)
);
