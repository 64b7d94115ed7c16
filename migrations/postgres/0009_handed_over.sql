-- Tasks that wait for their receiver, so that the clock that returns them need not read all work.

create index work_handed_over on work (org, id) where handed_by <> '';
