-- The audit is asked by days, by who did it and by what was done: each is an index in the order in which it is shown, so that
-- a rare kind of entry or a month long past is found among millions without reading the others.
create index audit_by_time on audit (org, at, seq);
create index audit_by_actor on audit (org, actor, at, seq);
create index audit_by_action on audit (org, action, at, seq);
