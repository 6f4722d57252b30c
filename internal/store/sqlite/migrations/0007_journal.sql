-- Rows that were committed and are not in their tables yet (internal/store/sqlite/journal.go).
CREATE TABLE journal (
  seq  INTEGER PRIMARY KEY,
  data BLOB NOT NULL
);
