-- Work that rises to a fallback is looked for with every list, and most work has not risen; messages by kind and rule.
create index work_by_fallback on work (org, fallback, due) where backlog = 0 and kind = 0 and consequence < 2;
create index work_by_kind on work (org, task_kind, due);
create index work_by_rule on work (org, rule, due);
