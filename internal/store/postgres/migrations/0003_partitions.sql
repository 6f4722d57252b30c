-- A partition for each day of UTC: what is old is dropped as a whole, and what is written every moment stays in small
-- indexes. An id begins with its milliseconds, so days are ranges of ids. Ids of other days (the sandbox's clock runs
-- ahead) lie in the DEFAULT partition. Rows are copied, so the tables are locked while this runs.
DO $$
DECLARE
  t RECORD;
  part RECORD;
  indexes TEXT[];
  key TEXT;
  statement TEXT;
BEGIN
  FOR t IN SELECT * FROM (VALUES ('otp', 'id', 80), ('message', 'id', 70), ('event', 'id', 100), ('delivery', 'event', 70))
    AS x (name, by_column, fill) LOOP
    SELECT array_agg(pg_get_indexdef(indexrelid)) INTO indexes FROM pg_index WHERE indrelid = t.name::regclass AND NOT indisprimary;
    SELECT pg_get_constraintdef(oid) INTO key FROM pg_constraint WHERE conrelid = t.name::regclass AND contype = 'p';
    FOR part IN SELECT indexrelid::regclass AS name FROM pg_index WHERE indrelid = t.name::regclass AND NOT indisprimary LOOP
      EXECUTE format('DROP INDEX %s', part.name);
    END LOOP;
    EXECUTE format('ALTER INDEX %I RENAME TO %I', t.name || '_pkey', t.name || '_whole_pkey');
    EXECUTE format('ALTER TABLE %I RENAME TO %I', t.name, t.name || '_whole');
    EXECUTE format('CREATE TABLE %I (LIKE %I INCLUDING DEFAULTS INCLUDING CONSTRAINTS, %s) PARTITION BY RANGE (%I)',
      t.name, t.name || '_whole', key, t.by_column);
    EXECUTE format('CREATE TABLE %I PARTITION OF %I DEFAULT WITH (fillfactor = %s)', t.name || '_default', t.name, t.fill);
    FOR part IN EXECUTE format('SELECT day FROM (SELECT DISTINCT (''x'' || encode(substring(%I FOR 6), ''hex''))::bit(48)::bigint
        / 86400000 AS day FROM %I) AS stored WHERE day BETWEEN $1 - 400 AND $1 + 3
      UNION SELECT generate_series($1 - 1, $1 + 3)', t.by_column, t.name || '_whole')
      USING floor(extract(epoch FROM now()) / 86400)::bigint LOOP
      EXECUTE format('CREATE TABLE %I PARTITION OF %I FOR VALUES FROM (%L::bytea) TO (%L::bytea) WITH (fillfactor = %s)',
        t.name || '_d' || to_char(to_timestamp(part.day * 86400) AT TIME ZONE 'UTC', 'YYYYMMDD'), t.name,
        '\x' || lpad(to_hex(part.day * 86400000), 12, '0'), '\x' || lpad(to_hex((part.day + 1) * 86400000), 12, '0'), t.fill);
    END LOOP;
    EXECUTE format('INSERT INTO %I SELECT * FROM %I', t.name, t.name || '_whole');
    EXECUTE format('DROP TABLE %I', t.name || '_whole');
    FOREACH statement IN ARRAY coalesce(indexes, '{}') LOOP
      EXECUTE statement;
    END LOOP;
  END LOOP;
END $$;
