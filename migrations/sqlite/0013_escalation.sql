-- Work that rises to a fallback is looked for with every list, and most work has not risen; messages by kind and rule.
create index work_by_fallback on work (org, fallback, due) where backlog = 0 and kind = 0 and consequence < 2;
create index work_by_kind on work (org, task_kind, due);
create index work_by_rule on work (org, rule, due);
insert into sqlite_stat1 (tbl, idx, stat) values
    ('work', 'work_by_fallback', '5000 5000 100 2'),
    ('work', 'work_by_kind', '20000 20000 1000 2'),
    ('work', 'work_by_rule', '20000 20000 800 2');
analyze sqlite_schema;
