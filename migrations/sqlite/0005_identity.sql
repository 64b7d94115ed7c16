-- Which records are one person: blocking keys, what was compared, pairs in doubt, decisions, weights.

create table identity_key (
    org integer not null,
    key integer not null,
    patient integer not null,
    primary key (org, key, patient)
) without rowid;

create table identity_record (
    org integer not null,
    patient integer not null,
    version integer not null,
    placed integer not null,
    keys blob not null,
    primary key (org, patient)
) without rowid;
create index identity_record_waiting on identity_record (org, patient) where placed <> version;

create table identity_pair (
    org integer not null,
    low integer not null,
    high integer not null,
    kind text not null,
    state text not null,
    bits real not null,
    found integer not null,
    updated integer not null,
    wake integer not null,
    model integer not null,
    body blob not null,
    primary key (org, low, high)
) without rowid;
create index identity_pair_high on identity_pair (org, high);
create index identity_pair_state on identity_pair (org, state, bits);

create table identity_decision (
    org integer not null,
    low integer not null,
    high integer not null,
    number integer not null,
    at integer not null,
    actor text not null,
    outcome text not null,
    why text not null,
    before text not null,
    bits real not null,
    model integer not null,
    commit_id integer not null,
    undone integer not null,
    primary key (org, low, high, number)
) without rowid;
create index identity_decision_by_commit on identity_decision (org, commit_id);
create index identity_decision_high on identity_decision (org, high);

create index person_member_by_commit on person_member (org, commit_id);

create table identity_model (
    org integer not null,
    version integer not null,
    made integer not null,
    records integer not null,
    body blob not null,
    primary key (org, version)
) without rowid;
