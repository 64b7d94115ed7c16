-- Sign-in through the site's provider: tries that are under way, and which account a subject of an issuer is.

create table sign_in_try (
    hash text not null primary key,
    browser text not null,
    nonce text not null,
    verifier text not null,
    back text not null,
    expires integer not null
) without rowid;
create index sign_in_try_by_end on sign_in_try (expires);

create table account_link (
    issuer text not null,
    subject text not null,
    org integer not null,
    account integer not null,
    linked_by text not null,
    at integer not null,
    primary key (issuer, subject)
) without rowid;
create index account_link_by_account on account_link (org, account);
