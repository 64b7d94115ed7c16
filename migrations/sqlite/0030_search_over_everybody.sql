-- Searches over everybody walk an index in its order and stop when the page is full.
--
-- What carries a label, so that matches are counted from the index alone: only these rows are asked for their scope.
-- (The index of 0028 has the labels.)
create table idx_label (
    org integer not null,
    type integer not null,
    rid integer not null,
    patient integer not null,
    labels integer not null,
    primary key (org, type, rid)
) without rowid;
insert into idx_label (org, type, rid, patient, labels)
    select org, type, rid, patient, labels from resource indexed by resource_of_patient
    where labels <> 0 and body is not null;

-- All dates of a resource that has several of one parameter: it stands in the order by its least or greatest, and the
-- walk over idx_date leaves it out.
create table idx_date_several (
    org integer not null,
    param integer not null,
    rid integer not null,
    low integer not null,
    high integer not null,
    primary key (org, param, rid, low, high)
) without rowid;
-- An eighth at a time: what is put in order is kept in memory, 80 MB for 10 million dates.
insert into idx_date_several (org, param, rid, low, high)
    select s.org, s.param, s.rid, s.low, s.high
    from (select x.org, x.param, x.rid, x.low, x.high, count(*) over (partition by x.org, x.param, x.rid) as n
          from idx_date x where x.rid % 8 = 0) s
    where s.n > 1;
insert into idx_date_several (org, param, rid, low, high)
    select s.org, s.param, s.rid, s.low, s.high
    from (select x.org, x.param, x.rid, x.low, x.high, count(*) over (partition by x.org, x.param, x.rid) as n
          from idx_date x where x.rid % 8 = 1) s
    where s.n > 1;
insert into idx_date_several (org, param, rid, low, high)
    select s.org, s.param, s.rid, s.low, s.high
    from (select x.org, x.param, x.rid, x.low, x.high, count(*) over (partition by x.org, x.param, x.rid) as n
          from idx_date x where x.rid % 8 = 2) s
    where s.n > 1;
insert into idx_date_several (org, param, rid, low, high)
    select s.org, s.param, s.rid, s.low, s.high
    from (select x.org, x.param, x.rid, x.low, x.high, count(*) over (partition by x.org, x.param, x.rid) as n
          from idx_date x where x.rid % 8 = 3) s
    where s.n > 1;
insert into idx_date_several (org, param, rid, low, high)
    select s.org, s.param, s.rid, s.low, s.high
    from (select x.org, x.param, x.rid, x.low, x.high, count(*) over (partition by x.org, x.param, x.rid) as n
          from idx_date x where x.rid % 8 = 4) s
    where s.n > 1;
insert into idx_date_several (org, param, rid, low, high)
    select s.org, s.param, s.rid, s.low, s.high
    from (select x.org, x.param, x.rid, x.low, x.high, count(*) over (partition by x.org, x.param, x.rid) as n
          from idx_date x where x.rid % 8 = 5) s
    where s.n > 1;
insert into idx_date_several (org, param, rid, low, high)
    select s.org, s.param, s.rid, s.low, s.high
    from (select x.org, x.param, x.rid, x.low, x.high, count(*) over (partition by x.org, x.param, x.rid) as n
          from idx_date x where x.rid % 8 = 6) s
    where s.n > 1;
insert into idx_date_several (org, param, rid, low, high)
    select s.org, s.param, s.rid, s.low, s.high
    from (select x.org, x.param, x.rid, x.low, x.high, count(*) over (partition by x.org, x.param, x.rid) as n
          from idx_date x where x.rid % 8 = 7) s
    where s.n > 1;

-- Intervals of more than 32 days. Shorter ones that reach into a range begin at most 32 days before it.
create index idx_date_long on idx_date (org, param, high, low, rid) where high > low + 2764800000000;
