-- Choosing the ids of what one makes is a permission of its own. Programs that write from before keep it; where a person
-- made them it stands among what goes beyond their maker, confirmed by the upgrade.

update api_token set
    confirmed_by = case when made_by like 'Practitioner/%' and wider = '' then 'system/upgrade' else confirmed_by end,
    wider = case when made_by like 'Practitioner/%' then trim(wider || ' choose-ids') else wider end,
    permissions = permissions || ' choose-ids'
where (permissions like '%record-write%' or permissions like '%person-write%') and permissions not like '%choose-ids%';
