-- A consent that opens what its writer's own role may not see waits until a second person confirms it.

alter table consent_opening add column waits integer not null default 0;
alter table consent_opening add column confirmed_by text not null default '';
