-- What limits counted for one value of their key. id is a MAC of both: no address and no user's id is stored.
CREATE TABLE quota (
  account BLOB NOT NULL,
  id      BLOB NOT NULL,
  ends_at INTEGER NOT NULL,
  data    BLOB NOT NULL,
  PRIMARY KEY (account, id)
);

CREATE INDEX quota_end ON quota (ends_at);

-- The list of numbers that opted out, newest first. Contacts that did not are not in it.
CREATE INDEX contact_opted_out ON contact (account, mode, opted_out_at, id) WHERE opted_out_at IS NOT NULL;

-- How much an account has of each thing in a mode (internal/bound).
CREATE TABLE counts (
  account BLOB NOT NULL,
  id      BLOB NOT NULL,
  data    BLOB NOT NULL,
  PRIMARY KEY (account, id)
) WITHOUT ROWID;
