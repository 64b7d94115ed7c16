-- The record: resources, versions, search index, packed facts, change feed, commits, audit, outbox.
-- Organisation leads every key. Integers are 64 bits wide. `rid` is a resource's narrow key: it is given when the
-- resource is written or first referred to (version 0: only referred to, never seen).

create table org (
    org integer primary key,
    name text not null,
    zone text not null,
    last_change integer not null default 0,
    last_commit integer not null default 0,
    last_audit integer not null default 0,
    last_link integer not null default 0,
    head blob not null
);

create table marker (name text primary key, number integer not null, note text not null) without rowid;

create table name (id integer primary key, name text not null unique);

create table code (id integer primary key, system text not null, code text not null);
create unique index code_by_code on code (code, system);
create table code_words (code integer not null, words integer not null, primary key (code, words)) without rowid;
create index code_words_by_words on code_words (words, code);

create table resource (
    rid integer primary key,
    org integer not null,
    type integer not null,
    id text not null,
    version integer not null,
    updated integer not null,
    change integer not null,
    patient integer not null,
    labels integer not null,
    source integer not null,
    body blob
);
create unique index resource_by_id on resource (org, type, id);
create index resource_by_type on resource (org, type, rid) where body is not null;
create index resource_by_updated on resource (org, type, updated, rid) where body is not null;

create table history (
    rid integer not null,
    version integer not null,
    updated integer not null,
    change integer not null,
    labels integer not null,
    body blob,
    primary key (rid, version)
);

create table change (
    org integer not null,
    seq integer not null,
    rid integer not null,
    type integer not null,
    version integer not null,
    op integer not null,
    patient integer not null,
    commit_id integer not null,
    hash blob not null,
    primary key (org, seq)
) without rowid;

create table commits (
    org integer not null,
    id integer not null,
    at integer not null,
    actor text not null,
    action text not null,
    detail text not null,
    first_change integer not null,
    last_change integer not null,
    undoes integer,
    undone_by integer,
    primary key (org, id)
) without rowid;

create table source_key (
    org integer not null,
    key blob not null,
    rid integer not null,
    content blob not null,
    primary key (org, key)
) without rowid;

create table idx_clinical (
    org integer not null,
    type integer not null,
    patient integer not null,
    code integer not null,
    date integer not null,
    rid integer not null,
    high integer not null,
    labels integer not null,
    primary key (org, type, patient, code, date, rid)
) without rowid;
create table idx_code (
    org integer not null,
    type integer not null,
    code integer not null,
    date integer not null,
    rid integer not null,
    patient integer not null,
    high integer not null,
    labels integer not null,
    primary key (org, type, code, date, rid)
) without rowid;
create table idx_token (
    org integer not null,
    param integer not null,
    value integer not null,
    rid integer not null,
    primary key (org, param, value, rid)
) without rowid;
create table idx_identifier (
    org integer not null,
    param integer not null,
    value text not null,
    system integer not null,
    rid integer not null,
    primary key (org, param, value, system, rid)
) without rowid;
create table idx_reference (
    org integer not null,
    param integer not null,
    target integer not null,
    rid integer not null,
    primary key (org, param, target, rid)
) without rowid;
create table idx_date (
    org integer not null,
    param integer not null,
    low integer not null,
    high integer not null,
    rid integer not null,
    primary key (org, param, low, high, rid)
) without rowid;
create table idx_number (
    org integer not null,
    param integer not null,
    unit integer not null,
    low real not null,
    high real not null,
    rid integer not null,
    primary key (org, param, unit, low, high, rid)
) without rowid;
create index idx_number_of on idx_number (rid, param);
create table idx_text (
    org integer not null,
    param integer not null,
    value text not null,
    rid integer not null,
    primary key (org, param, value, rid)
) without rowid;
create table idx_composite (
    org integer not null,
    param integer not null,
    first integer not null,
    value text not null,
    low real not null,
    high real not null,
    rid integer not null,
    primary key (org, param, first, value, low, high, rid)
) without rowid;

create table facts (
    rid integer primary key,
    org integer not null,
    patient integer not null,
    type integer not null,
    labels integer not null,
    packed blob not null
);
create index facts_by_patient on facts (org, patient, type, rid);

create table person_member (
    org integer not null,
    patient integer not null,
    since integer not null,
    person integer not null,
    until integer,
    commit_id integer not null,
    why text not null,
    primary key (org, patient, since)
) without rowid;
create index person_member_now on person_member (org, person, patient) where until is null;

create table reach (
    org integer not null,
    audience integer not null,
    patient integer not null,
    primary key (org, audience, patient)
) without rowid;

create table opening (
    org integer not null,
    audience integer not null,
    patient integer not null,
    labels integer not null,
    until integer not null,
    primary key (org, audience, patient)
) without rowid;

-- The single bits of a label set, so that openings can be asked for one by one.
create table label_bit (bit integer primary key);
insert into label_bit (bit)
with recursive bits (n) as (select 0 union all select n + 1 from bits where n < 62)
select (1 << n) from bits;

create table audit (
    org integer not null,
    seq integer not null,
    at integer not null,
    actor text not null,
    action text not null,
    patient integer not null,
    subject text not null,
    commit_id integer not null,
    detail text not null,
    primary key (org, seq)
) without rowid;
create index audit_by_patient on audit (org, patient, seq) where patient <> 0;

create table audit_link (
    org integer not null,
    link integer not null,
    at integer not null,
    last_audit integer not null,
    last_change integer not null,
    last_commit integer not null,
    hash blob not null,
    primary key (org, link)
) without rowid;

create table outbox (
    org integer not null,
    id integer not null,
    kind text not null,
    key text not null,
    payload blob not null,
    commit_id integer not null,
    state integer not null,
    due integer not null,
    attempts integer not null,
    lease_by text,
    lease_until integer,
    error text,
    primary key (org, id)
);
create unique index outbox_by_key on outbox (org, kind, key);
create index outbox_by_commit on outbox (org, commit_id);
create index outbox_due on outbox (state, due);
