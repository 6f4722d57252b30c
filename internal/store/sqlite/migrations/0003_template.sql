CREATE TABLE template (
  account    BLOB NOT NULL,
  id         BLOB NOT NULL,
  mode       INTEGER NOT NULL,
  deleted_at INTEGER,
  data       BLOB NOT NULL,
  PRIMARY KEY (account, id)
);

-- Lists read this index from its end, and never a template that was deleted.
CREATE INDEX template_list ON template (account, mode, id) WHERE deleted_at IS NULL;
CREATE INDEX template_gone ON template (deleted_at) WHERE deleted_at IS NOT NULL;
