-- Where an account was tried from, and how often in a row without success: a browser that has signed in to it (known), an
-- address or a session (not known). Each waits for itself, so that a stranger's tries never keep its owner out.
create table sign_in_place (
    org integer not null,
    account integer not null,
    place text not null,
    known integer not null,
    failed integer not null,
    locked_until integer not null,
    seen integer not null,
    primary key (place, org, account)
) without rowid;
create index sign_in_place_of on sign_in_place (org, account, known, seen);
