-- Each time a Consent opened labels of somebody: who wrote it, until when, and what its review found.

create table consent_opening (
    org bigint not null,
    id bigint not null,
    consent bigint not null,
    patient bigint not null,
    labels bigint not null,
    until bigint not null,
    at bigint not null,
    actor text collate "C" not null,
    reviewed_by text collate "C",
    reviewed_at bigint,
    review text collate "C",
    primary key (org, id)
);
create unique index consent_opening_once on consent_opening (org, consent, patient, labels, until);
create index consent_opening_unreviewed on consent_opening (org, reviewed_by, id);
