-- Sign-in through the site's provider: tries that are under way, and which account a subject of an issuer is.

create table sign_in_try (
    hash text collate "C" not null primary key,
    browser text collate "C" not null,
    nonce text collate "C" not null,
    verifier text collate "C" not null,
    back text collate "C" not null,
    expires bigint not null
);
create index sign_in_try_by_end on sign_in_try (expires);

create table account_link (
    issuer text collate "C" not null,
    subject text collate "C" not null,
    org bigint not null,
    account bigint not null,
    linked_by text collate "C" not null,
    at bigint not null,
    primary key (issuer, subject)
);
create index account_link_by_account on account_link (org, account);
