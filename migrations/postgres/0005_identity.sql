-- Which records are one person: blocking keys, what was compared, pairs in doubt, decisions, weights.

create table identity_key (
    org bigint not null,
    key bigint not null,
    patient bigint not null,
    primary key (org, key, patient)
);

create table identity_record (
    org bigint not null,
    patient bigint not null,
    version bigint not null,
    placed bigint not null,
    keys bytea not null,
    primary key (org, patient)
);
create index identity_record_waiting on identity_record (org, patient) where placed <> version;

create table identity_pair (
    org bigint not null,
    low bigint not null,
    high bigint not null,
    kind text collate "C" not null,
    state text collate "C" not null,
    bits double precision not null,
    found bigint not null,
    updated bigint not null,
    wake bigint not null,
    model bigint not null,
    body bytea not null,
    primary key (org, low, high)
);
create index identity_pair_high on identity_pair (org, high);
create index identity_pair_state on identity_pair (org, state, bits);

create table identity_decision (
    org bigint not null,
    low bigint not null,
    high bigint not null,
    number bigint not null,
    at bigint not null,
    actor text collate "C" not null,
    outcome text collate "C" not null,
    why text collate "C" not null,
    before text collate "C" not null,
    bits double precision not null,
    model bigint not null,
    commit_id bigint not null,
    undone bigint not null,
    primary key (org, low, high, number)
);
create index identity_decision_by_commit on identity_decision (org, commit_id);
create index identity_decision_high on identity_decision (org, high);

create index person_member_by_commit on person_member (org, commit_id);

create table identity_model (
    org bigint not null,
    version bigint not null,
    made bigint not null,
    records bigint not null,
    body bytea not null,
    primary key (org, version)
);
