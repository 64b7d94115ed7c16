-- What was written in a person's record since a moment, and when a source last wrote there, from an index alone: each chart
-- asks both, and read every resource of the person in full to hear when it was written. Beside `resource_gone`, which has
-- what was deleted.
create index resource_of_patient on resource (org, patient, updated, type, source, labels) where body is not null;
