-- Who signs in with a password that somebody else gave them chooses their own before anything else.

alter table account add column must_change integer not null default 0;
