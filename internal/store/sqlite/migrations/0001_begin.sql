-- Times are microseconds since 1970 UTC. Numbers, bodies and answers are sealed with the master key.
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
  sandbox_offset  INTEGER NOT NULL,
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
  account         BLOB NOT NULL,
  id              BLOB NOT NULL,
  mode            INTEGER NOT NULL,
  number          BLOB NOT NULL,
  sends           BLOB,
  wrongs          BLOB,
  pending         BLOB,
  opt_out_source  TEXT NOT NULL,
  opt_out_keyword TEXT NOT NULL,
  opted_out_at    INTEGER,
  PRIMARY KEY (account, id)
);

CREATE TABLE otp (
  account      BLOB NOT NULL,
  id           BLOB NOT NULL,
  mode         INTEGER NOT NULL,
  contact      BLOB NOT NULL,
  key_id       INTEGER NOT NULL,
  number       BLOB NOT NULL,
  template     TEXT NOT NULL,
  length       INTEGER NOT NULL,
  max_attempts INTEGER NOT NULL,
  wrong        INTEGER NOT NULL,
  status       INTEGER NOT NULL,
  messages     BLOB NOT NULL,
  metadata     BLOB,
  created_at   INTEGER NOT NULL,
  expires_at   INTEGER NOT NULL,
  verified_at  INTEGER,
  PRIMARY KEY (account, id)
);

-- Status 1 is open: the sweep of expiries reads this index from its end and never a row that has ended.
CREATE INDEX otp_open ON otp (expires_at) WHERE status = 1;

CREATE TABLE message (
  account      BLOB NOT NULL,
  id           BLOB NOT NULL,
  mode         INTEGER NOT NULL,
  otp          BLOB,
  contact      BLOB NOT NULL,
  number       BLOB NOT NULL,
  body         BLOB,
  sender       TEXT NOT NULL,
  locale       TEXT NOT NULL,
  encoding     INTEGER NOT NULL,
  plan         BLOB NOT NULL,
  attempts     BLOB,
  state        INTEGER NOT NULL,
  over         INTEGER NOT NULL,
  tries        INTEGER NOT NULL,
  reason       TEXT NOT NULL,
  code         TEXT NOT NULL,
  hold         INTEGER NOT NULL CHECK (hold >= 0),
  charged      INTEGER NOT NULL CHECK (charged >= 0),
  hold_unknown INTEGER NOT NULL,
  deadline     INTEGER,
  due_at       INTEGER,
  owner        INTEGER NOT NULL,
  metadata     BLOB,
  callback_url TEXT NOT NULL,
  created_at   INTEGER NOT NULL,
  scheduled_at INTEGER,
  sent_at      INTEGER,
  delivered_at INTEGER,
  read_at      INTEGER,
  failed_at    INTEGER,
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
  PRIMARY KEY (account, id)
);

CREATE INDEX idempotency_age ON idempotency (created_at);

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
  account    BLOB,
  message    BLOB,
  attempt    INTEGER NOT NULL,
  part       INTEGER NOT NULL,
  kind       INTEGER NOT NULL,
  reason     TEXT NOT NULL,
  code       TEXT NOT NULL,
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
  PRIMARY KEY (account, id)
);

CREATE INDEX inbox_contact ON inbox (account, contact, id);
CREATE INDEX inbox_age ON inbox (at);
