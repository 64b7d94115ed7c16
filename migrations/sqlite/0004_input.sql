-- Input that waits for a person, documents, and settings whose earlier versions stay.

create table setting (
    org integer not null,
    name text not null,
    version integer not null,
    at integer not null,
    actor text not null,
    value text not null,
    primary key (org, name, version)
);

create table input_kept (
    org integer not null,
    id text not null,
    at integer not null,
    source text not null,
    place text not null,
    format text not null,
    reason text not null,
    state integer not null,
    settled_by text not null,
    settled_at integer not null,
    hash blob not null,
    bytes blob not null,
    primary key (org, id)
);
create unique index input_kept_once on input_kept (org, hash);
create index input_kept_open on input_kept (org, state, at);

create table document_blob (
    org integer not null,
    id text not null,
    at integer not null,
    patient integer not null,
    labels integer not null,
    type text not null,
    name text not null,
    hash blob not null,
    bytes blob not null,
    primary key (org, id)
);
