-- Who signs in: accounts, sessions, API tokens, teams. Secrets are kept as hashes only.

create table account (
    org integer not null,
    id integer not null,
    login text not null,
    name text not null,
    reference text not null,
    roles text not null,
    password text not null,
    totp blob,
    totp_step integer not null,
    failed integer not null,
    locked_until integer not null,
    active integer not null,
    one_click integer not null,
    preferences text not null,
    primary key (org, id)
) without rowid;
create unique index account_by_login on account (login);
create index account_by_reference on account (org, reference);

create table session (
    hash text not null primary key,
    org integer not null,
    account integer not null,
    created integer not null,
    seen integer not null,
    locked integer not null
) without rowid;
create index session_by_account on session (org, account);

create table api_token (
    hash text not null primary key,
    org integer not null,
    label text not null,
    actor text not null,
    permissions text not null,
    created integer not null,
    expires integer not null,
    revoked integer not null
) without rowid;
create index api_token_by_org on api_token (org, created);

create table team (
    org integer not null,
    id integer not null,
    name text not null,
    kind text not null,
    reference text not null,
    primary key (org, id)
) without rowid;

create table team_member (
    org integer not null,
    team integer not null,
    account integer not null,
    primary key (org, team, account)
) without rowid;
create index team_member_by_account on team_member (org, account, team);

create table emergency_access (
    org integer not null,
    id integer not null,
    account integer not null,
    patient integer not null,
    reason text not null,
    since integer not null,
    until integer not null,
    reviewed_by text,
    reviewed_at integer,
    review text,
    primary key (org, id)
) without rowid;
create index emergency_access_by_account on emergency_access (org, account, patient, until);
