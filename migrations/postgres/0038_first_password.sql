-- A password that somebody else gave is refused after some days. One given before this keeps lasting.

alter table account add column first_until bigint not null default 0;
