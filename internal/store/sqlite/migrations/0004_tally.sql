-- Statistics (internal/store/tally.go): a row for each cell of the days that are still counted, and a row for each day
-- that is over, with and without prefixes. A report reads one range of ids.

CREATE TABLE tally (
  account BLOB NOT NULL,
  id      BLOB NOT NULL,
  day     INTEGER NOT NULL,
  data    BLOB NOT NULL,
  PRIMARY KEY (account, id)
) WITHOUT ROWID;

-- Days that can be put together. An update does not touch it, because a row never changes its day.
CREATE INDEX tally_age ON tally (day);

CREATE TABLE tally_day (
  account BLOB NOT NULL,
  id      BLOB NOT NULL,
  day     INTEGER NOT NULL,
  data    BLOB NOT NULL,
  PRIMARY KEY (account, id)
);

CREATE INDEX tally_day_age ON tally_day (day);

-- How far an account's entries were added up, and what they came to.
CREATE TABLE ledger_mark (
  account BLOB PRIMARY KEY,
  seq     INTEGER NOT NULL,
  credits INTEGER NOT NULL,
  held    INTEGER NOT NULL,
  at      INTEGER NOT NULL
);

-- What spend caps and the alarm of low credits remember.
ALTER TABLE account ADD COLUMN watch BLOB;
