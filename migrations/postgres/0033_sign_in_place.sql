-- Where an account was tried from, and how often in a row without success: a browser that has signed in to it (known), an
-- address or a session (not known). Each waits for itself, so that a stranger's tries never keep its owner out.
create table sign_in_place (
    org bigint not null,
    account bigint not null,
    place text not null,
    known bigint not null,
    failed bigint not null,
    locked_until bigint not null,
    seen bigint not null,
    primary key (place, org, account)
);
create index sign_in_place_of on sign_in_place (org, account, known, seen);
