-- What somebody wrote who reaches only some people, and whether a person has said since whose a Patient of it is.
create table limited_write (
    org bigint not null,
    rid bigint not null,
    confirmed bigint not null,
    primary key (org, rid)
);
-- The version of a Consent that an opening is confirmed and reviewed for, and whether it opens nothing any more.
alter table consent_opening add column version bigint not null default 0;
alter table consent_opening add column ended bigint not null default 0;
update consent_opening set version = coalesce((select r.version from resource r where r.rid = consent_opening.consent), 0);
drop index consent_opening_once;
create index consent_opening_of on consent_opening (org, patient, ended);
