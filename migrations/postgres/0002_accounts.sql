-- Who signs in: accounts, sessions, API tokens, teams. Secrets are kept as hashes only.

create table account (
    org bigint not null,
    id bigint not null,
    login text collate "C" not null,
    name text collate "C" not null,
    reference text collate "C" not null,
    roles text collate "C" not null,
    password text collate "C" not null,
    totp bytea,
    totp_step bigint not null,
    failed bigint not null,
    locked_until bigint not null,
    active bigint not null,
    one_click bigint not null,
    preferences text collate "C" not null,
    primary key (org, id)
);
create unique index account_by_login on account (login);
create index account_by_reference on account (org, reference);

create table session (
    hash text collate "C" not null primary key,
    org bigint not null,
    account bigint not null,
    created bigint not null,
    seen bigint not null,
    locked bigint not null
);
create index session_by_account on session (org, account);

create table api_token (
    hash text collate "C" not null primary key,
    org bigint not null,
    label text collate "C" not null,
    actor text collate "C" not null,
    permissions text collate "C" not null,
    created bigint not null,
    expires bigint not null,
    revoked bigint not null
);
create index api_token_by_org on api_token (org, created);

create table team (
    org bigint not null,
    id bigint not null,
    name text collate "C" not null,
    kind text collate "C" not null,
    reference text collate "C" not null,
    primary key (org, id)
);

create table team_member (
    org bigint not null,
    team bigint not null,
    account bigint not null,
    primary key (org, team, account)
);
create index team_member_by_account on team_member (org, account, team);

create table emergency_access (
    org bigint not null,
    id bigint not null,
    account bigint not null,
    patient bigint not null,
    reason text collate "C" not null,
    since bigint not null,
    until bigint not null,
    reviewed_by text collate "C",
    reviewed_at bigint,
    review text collate "C",
    primary key (org, id)
);
create index emergency_access_by_account on emergency_access (org, account, patient, until);
