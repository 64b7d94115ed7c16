-- The record: resources, versions, search index, packed facts, change feed, commits, audit, outbox.
-- Organisation leads every key. Integers are 64 bits wide. `rid` is a resource's narrow key: it is given when the
-- resource is written or first referred to (version 0: only referred to, never seen).

create table org (
    org bigint primary key,
    name text collate "C" not null,
    zone text collate "C" not null,
    last_change bigint not null default 0,
    last_commit bigint not null default 0,
    last_audit bigint not null default 0,
    last_link bigint not null default 0,
    head bytea not null
);

create table marker (name text collate "C" primary key, number bigint not null, note text collate "C" not null);

create table name (id bigint primary key, name text collate "C" not null unique);

create table code (id bigint primary key, system text collate "C" not null, code text collate "C" not null);
create unique index code_by_code on code (code, system);
create table code_words (code bigint not null, words bigint not null, primary key (code, words));
create index code_words_by_words on code_words (words, code);

create table resource (
    rid bigint primary key,
    org bigint not null,
    type bigint not null,
    id text collate "C" not null,
    version bigint not null,
    updated bigint not null,
    change bigint not null,
    patient bigint not null,
    labels bigint not null,
    source bigint not null,
    body bytea
);
create unique index resource_by_id on resource (org, type, id);
create index resource_by_type on resource (org, type, rid) where body is not null;
create index resource_by_updated on resource (org, type, updated, rid) where body is not null;

create table history (
    rid bigint not null,
    version bigint not null,
    updated bigint not null,
    change bigint not null,
    labels bigint not null,
    body bytea,
    primary key (rid, version)
);

create table change (
    org bigint not null,
    seq bigint not null,
    rid bigint not null,
    type bigint not null,
    version bigint not null,
    op bigint not null,
    patient bigint not null,
    commit_id bigint not null,
    hash bytea not null,
    primary key (org, seq)
);

create table commits (
    org bigint not null,
    id bigint not null,
    at bigint not null,
    actor text collate "C" not null,
    action text collate "C" not null,
    detail text collate "C" not null,
    first_change bigint not null,
    last_change bigint not null,
    undoes bigint,
    undone_by bigint,
    primary key (org, id)
);

create table source_key (
    org bigint not null,
    key bytea not null,
    rid bigint not null,
    content bytea not null,
    primary key (org, key)
);

create table idx_clinical (
    org bigint not null,
    type bigint not null,
    patient bigint not null,
    code bigint not null,
    date bigint not null,
    rid bigint not null,
    high bigint not null,
    labels bigint not null,
    primary key (org, type, patient, code, date, rid) include (high, labels)
);
create table idx_code (
    org bigint not null,
    type bigint not null,
    code bigint not null,
    date bigint not null,
    rid bigint not null,
    patient bigint not null,
    high bigint not null,
    labels bigint not null,
    primary key (org, type, code, date, rid) include (patient, high, labels)
);
create table idx_token (
    org bigint not null,
    param bigint not null,
    value bigint not null,
    rid bigint not null,
    primary key (org, param, value, rid)
);
create table idx_identifier (
    org bigint not null,
    param bigint not null,
    value text collate "C" not null,
    system bigint not null,
    rid bigint not null,
    primary key (org, param, value, system, rid)
);
create table idx_reference (
    org bigint not null,
    param bigint not null,
    target bigint not null,
    rid bigint not null,
    primary key (org, param, target, rid)
);
create table idx_date (
    org bigint not null,
    param bigint not null,
    low bigint not null,
    high bigint not null,
    rid bigint not null,
    primary key (org, param, low, high, rid)
);
create table idx_number (
    org bigint not null,
    param bigint not null,
    unit bigint not null,
    low double precision not null,
    high double precision not null,
    rid bigint not null,
    primary key (org, param, unit, low, high, rid)
);
create index idx_number_of on idx_number (rid, param);
create table idx_text (
    org bigint not null,
    param bigint not null,
    value text collate "C" not null,
    rid bigint not null,
    primary key (org, param, value, rid)
);
create table idx_composite (
    org bigint not null,
    param bigint not null,
    first bigint not null,
    value text collate "C" not null,
    low double precision not null,
    high double precision not null,
    rid bigint not null,
    primary key (org, param, first, value, low, high, rid)
);

create table facts (
    rid bigint primary key,
    org bigint not null,
    patient bigint not null,
    type bigint not null,
    labels bigint not null,
    packed bytea not null
);
create index facts_by_patient on facts (org, patient, type, rid);

create table person_member (
    org bigint not null,
    patient bigint not null,
    since bigint not null,
    person bigint not null,
    until bigint,
    commit_id bigint not null,
    why text collate "C" not null,
    primary key (org, patient, since)
);
create index person_member_now on person_member (org, person, patient) where until is null;

create table reach (
    org bigint not null,
    audience bigint not null,
    patient bigint not null,
    primary key (org, audience, patient)
);

create table opening (
    org bigint not null,
    audience bigint not null,
    patient bigint not null,
    labels bigint not null,
    until bigint not null,
    primary key (org, audience, patient)
);

-- The single bits of a label set, so that openings can be asked for one by one.
create table label_bit (bit bigint primary key);
insert into label_bit (bit)
with recursive bits (n) as (select 0 union all select n + 1 from bits where n < 62)
select (1::bigint << n) from bits;

create table audit (
    org bigint not null,
    seq bigint not null,
    at bigint not null,
    actor text collate "C" not null,
    action text collate "C" not null,
    patient bigint not null,
    subject text collate "C" not null,
    commit_id bigint not null,
    detail text collate "C" not null,
    primary key (org, seq)
);
create index audit_by_patient on audit (org, patient, seq) where patient <> 0;

create table audit_link (
    org bigint not null,
    link bigint not null,
    at bigint not null,
    last_audit bigint not null,
    last_change bigint not null,
    last_commit bigint not null,
    hash bytea not null,
    primary key (org, link)
);

create table outbox (
    org bigint not null,
    id bigint not null,
    kind text collate "C" not null,
    key text collate "C" not null,
    payload bytea not null,
    commit_id bigint not null,
    state bigint not null,
    due bigint not null,
    attempts bigint not null,
    lease_by text collate "C",
    lease_until bigint,
    error text collate "C",
    primary key (org, id)
);
create unique index outbox_by_key on outbox (org, kind, key);
create index outbox_by_commit on outbox (org, commit_id);
create index outbox_due on outbox (state, due);

-- Narrow keys are taken in blocks, so several processes never give the same one.
create sequence rid_block increment by 256 start with 256;
