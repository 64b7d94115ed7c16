-- Who made an API token, what of it their own role does not allow, and who confirmed that.

alter table api_token add column made_by text not null default '';
alter table api_token add column wider text not null default '';
alter table api_token add column confirmed_by text not null default '';
