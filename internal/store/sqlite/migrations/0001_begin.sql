-- Times are microseconds since 1970 UTC. Numbers, bodies and answers are sealed with the master key.
-- What no query looks for is packed into data (internal/store/wide.go).
-- Tables with wide rows keep their rowid: a wide row in a key-ordered tree would make the tree deep.

CREATE TABLE meta (
  name  TEXT PRIMARY KEY,
  value BLOB NOT NULL
) WITHOUT ROWID;

CREATE TABLE account (
  id              BLOB PRIMARY KEY,
  name            TEXT NOT NULL,
  credits         INTEGER NOT NULL CHECK (credits >= 0),
  held            INTEGER NOT NULL CHECK (held >= 0),
  entries         INTEGER NOT NULL,
  settings        TEXT NOT NULL,
  callback_secret BLOB,
  test_callback_secret BLOB,
  sandbox_offset  INTEGER NOT NULL,
  sandbox_goal    INTEGER NOT NULL,
  created_at      INTEGER NOT NULL
);

CREATE INDEX account_sandbox ON account (id) WHERE sandbox_offset > 0;

CREATE TABLE api_key (
  id         TEXT PRIMARY KEY,
  account    BLOB NOT NULL,
  mode       INTEGER NOT NULL,
  mac        BLOB NOT NULL,
  scopes     TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  expires_at INTEGER,
  revoked_at INTEGER
) WITHOUT ROWID;

CREATE TABLE contact (
  account      BLOB NOT NULL,
  id           BLOB NOT NULL,
  mode         INTEGER NOT NULL,
  opted_out_at INTEGER,
  data         BLOB NOT NULL,
  PRIMARY KEY (account, id)
);

CREATE TABLE otp (
  account    BLOB NOT NULL,
  id         BLOB NOT NULL,
  mode       INTEGER NOT NULL,
  contact    BLOB NOT NULL,
  status     INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,
  data       BLOB NOT NULL,
  PRIMARY KEY (account, id)
);

-- Status 1 is open: the sweep of expiries reads this index from its end and never a row that has ended.
CREATE INDEX otp_open ON otp (expires_at) WHERE status = 1;

CREATE TABLE message (
  account BLOB NOT NULL,
  id      BLOB NOT NULL,
  mode    INTEGER NOT NULL,
  contact BLOB NOT NULL,
  state   INTEGER NOT NULL,
  due_at  INTEGER,
  owner   INTEGER NOT NULL,
  data    BLOB NOT NULL,
  PRIMARY KEY (account, id)
);

-- Everything that waits or is in work, and nothing else.
CREATE INDEX message_work ON message (owner, due_at) WHERE due_at IS NOT NULL;

CREATE TABLE idempotency (
  account     BLOB NOT NULL,
  id          BLOB NOT NULL,
  fingerprint BLOB NOT NULL,
  otp         BLOB,
  message     BLOB,
  owner       INTEGER NOT NULL,
  status      INTEGER NOT NULL,
  answer      BLOB,
  created_at  INTEGER NOT NULL,
  -- From then on the key is as good as new.
  ends_at     INTEGER NOT NULL,
  PRIMARY KEY (account, id)
);

CREATE INDEX idempotency_end ON idempotency (ends_at);

CREATE TABLE entry (
  account BLOB NOT NULL,
  seq     INTEGER NOT NULL,
  kind    INTEGER NOT NULL,
  credits INTEGER NOT NULL,
  held    INTEGER NOT NULL,
  message BLOB,
  at      INTEGER NOT NULL,
  PRIMARY KEY (account, seq)
) WITHOUT ROWID;

CREATE TABLE ref (
  carrier    TEXT NOT NULL,
  id         TEXT NOT NULL,
  data       BLOB NOT NULL,
  created_at INTEGER NOT NULL,
  PRIMARY KEY (carrier, id)
) WITHOUT ROWID;

CREATE INDEX ref_age ON ref (created_at);

CREATE TABLE inbox (
  account BLOB NOT NULL,
  id      BLOB NOT NULL,
  contact BLOB NOT NULL,
  number  BLOB NOT NULL,
  channel INTEGER NOT NULL,
  body    BLOB NOT NULL,
  at      INTEGER NOT NULL,
  sandbox_at INTEGER NOT NULL,
  PRIMARY KEY (account, id)
);

CREATE INDEX inbox_contact ON inbox (account, contact, id);
CREATE INDEX inbox_age ON inbox (sandbox_at);

CREATE TABLE inbound (
  account   BLOB NOT NULL,
  id        BLOB NOT NULL,
  mode      INTEGER NOT NULL,
  contact   BLOB NOT NULL,
  stored_at INTEGER NOT NULL,
  data      BLOB NOT NULL,
  PRIMARY KEY (account, id)
);

CREATE INDEX inbound_list ON inbound (account, mode, id);
CREATE INDEX inbound_from ON inbound (account, contact, id);
CREATE INDEX inbound_age ON inbound (stored_at);
