-- Numbers that are no points: ranges, and those with a comparator. All others that are above something begin above it.
create index idx_number_wide on idx_number (org, param, high, low, unit, rid) where high > low;
