-- Each time a Consent opened labels of somebody: who wrote it, until when, and what its review found.

create table consent_opening (
    org integer not null,
    id integer not null,
    consent integer not null,
    patient integer not null,
    labels integer not null,
    until integer not null,
    at integer not null,
    actor text not null,
    reviewed_by text,
    reviewed_at integer,
    review text,
    primary key (org, id)
) without rowid;
create unique index consent_opening_once on consent_opening (org, consent, patient, labels, until);
create index consent_opening_unreviewed on consent_opening (org, reviewed_by, id);
