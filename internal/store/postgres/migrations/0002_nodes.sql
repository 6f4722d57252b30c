-- The servers that work on this database. Times are the database's own; epochs come from meta and only grow. A node whose
-- dead_at is set writes nothing more: its marks are gone, and each of its groups needs one.
CREATE TABLE node (
  epoch     BIGINT PRIMARY KEY,
  home      BYTEA NOT NULL,
  name      BYTEA NOT NULL,
  version   BYTEA NOT NULL,
  slot      BIGINT NOT NULL,
  joined_at TIMESTAMPTZ NOT NULL,
  beat_at   TIMESTAMPTZ NOT NULL,
  dead_at   TIMESTAMPTZ
) WITH (fillfactor = 50);

-- 0: a command of the command line, which is no node.
ALTER TABLE mark ADD COLUMN node BIGINT NOT NULL DEFAULT 0;
CREATE INDEX mark_node ON mark (node);
