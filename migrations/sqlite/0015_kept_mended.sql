-- Input that could not be filed: what is needed to read a row of a table again, and how it was settled. Settings say why.

alter table input_kept add column mapping text not null default '';
alter table input_kept add column settled_commit integer not null default 0;
alter table input_kept add column settled_why text not null default '';
alter table setting add column reason text not null default '';
