-- What was deleted in somebody's record, and which records were taken off a person, since a reader last looked.

create index resource_gone on resource (org, patient, updated) where body is null;
create index person_member_left on person_member (org, person, until) where until is not null;
