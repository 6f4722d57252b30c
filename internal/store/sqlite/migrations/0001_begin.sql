-- Times are microseconds since 1970 UTC. Numbers, bodies and answers are sealed with the master key.
-- What no query looks for is in data, as fields with numbers (internal/store/coder.go). mac is over the table's name and all
-- other columns (internal/store/codec.go): a row that was written by anything but SysSecure is refused.
-- Tables with wide rows keep their rowid: a wide row in a key-ordered tree would make the tree deep.

CREATE TABLE meta (
  name  TEXT PRIMARY KEY,
  value BLOB NOT NULL
) WITHOUT ROWID;

CREATE TABLE account (
  id             BLOB PRIMARY KEY,
  name           TEXT NOT NULL,
  credits        INTEGER NOT NULL CHECK (credits >= 0),
  held           INTEGER NOT NULL CHECK (held >= 0),
  sandbox_offset INTEGER NOT NULL,
  data           BLOB NOT NULL,
  mac            BLOB NOT NULL
);

CREATE INDEX account_sandbox ON account (id) WHERE sandbox_offset > 0;

CREATE TABLE api_key (
  id      TEXT PRIMARY KEY,
  account BLOB NOT NULL,
  data    BLOB NOT NULL,
  mac     BLOB NOT NULL
) WITHOUT ROWID;

CREATE TABLE contact (
  account      BLOB NOT NULL,
  id           BLOB NOT NULL,
  mode         INTEGER NOT NULL,
  opted_out_at INTEGER,
  data         BLOB NOT NULL,
  mac          BLOB NOT NULL,
  PRIMARY KEY (account, id)
);

-- The list of numbers that opted out, newest first. Contacts that did not are not in it.
CREATE INDEX contact_opted_out ON contact (account, mode, opted_out_at, id) WHERE opted_out_at IS NOT NULL;

CREATE TABLE otp (
  account    BLOB NOT NULL,
  id         BLOB NOT NULL,
  mode       INTEGER NOT NULL,
  contact    BLOB NOT NULL,
  status     INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,
  data       BLOB NOT NULL,
  mac        BLOB NOT NULL,
  PRIMARY KEY (account, id)
);

-- Status 1 is open: the sweep of expiries reads this index from its end and never a row that has ended.
CREATE INDEX otp_open ON otp (expires_at) WHERE status = 1;
CREATE INDEX otp_sandbox ON otp (account, expires_at, id) WHERE mode = 2 AND status = 1;
CREATE INDEX otp_test ON otp (account, id) WHERE mode = 2;

-- purpose says what a message is for: 0 carries a code, 1 was asked for by itself. Every index of the second kind is
-- partial, so that a code's message is written into none of them.
CREATE TABLE message (
  account    BLOB NOT NULL,
  id         BLOB NOT NULL,
  mode       INTEGER NOT NULL,
  contact    BLOB NOT NULL,
  state      INTEGER NOT NULL,
  due_at     INTEGER,
  owner      INTEGER NOT NULL,
  purpose    INTEGER NOT NULL,
  -- The real time at which a message of the sandbox was made; null for live ones, which the index leaves out.
  sandbox_at INTEGER,
  -- The carrier that it waits for, empty when it waits for none.
  carrier    TEXT NOT NULL,
  data       BLOB NOT NULL,
  mac        BLOB NOT NULL,
  PRIMARY KEY (account, id)
);

-- Everything that waits or is in work, by the carrier that it waits for, in two classes: codes and texts. When more is due
-- than a carrier can take, the second index of a class gives each account its turn; a message that waits for no carrier, as
-- most do, is not in it.
CREATE INDEX message_work ON message (owner, carrier, due_at) WHERE due_at IS NOT NULL AND purpose = 0;
CREATE INDEX message_text_work ON message (owner, carrier, due_at) WHERE due_at IS NOT NULL AND purpose <> 0;
CREATE INDEX message_work_turns ON message (carrier, account, due_at)
  WHERE owner = 0 AND carrier <> '' AND due_at IS NOT NULL AND purpose = 0;
CREATE INDEX message_text_work_turns ON message (carrier, account, due_at)
  WHERE owner = 0 AND carrier <> '' AND due_at IS NOT NULL AND purpose <> 0;

CREATE INDEX message_list ON message (account, mode, id) WHERE purpose = 1;
CREATE INDEX message_to ON message (account, contact, id) WHERE purpose = 1;
CREATE INDEX message_rare ON message (account, mode, state, id) WHERE purpose = 1 AND state IN (1, 5, 6, 7, 8);

-- The sandbox's own: what is due by a clock that may be a month ahead, without a look at live rows; and what is old.
CREATE INDEX message_sandbox ON message (account, due_at, id) WHERE mode = 2 AND owner = 0 AND due_at IS NOT NULL;
CREATE INDEX message_sandbox_age ON message (sandbox_at) WHERE sandbox_at IS NOT NULL;

CREATE TABLE idempotency (
  account BLOB NOT NULL,
  id      BLOB NOT NULL,
  -- From then on the key is as good as new.
  ends_at INTEGER NOT NULL,
  data    BLOB NOT NULL,
  mac     BLOB NOT NULL,
  PRIMARY KEY (account, id)
);

CREATE INDEX idempotency_end ON idempotency (ends_at);

CREATE TABLE entry (
  account BLOB NOT NULL,
  seq     INTEGER NOT NULL,
  credits INTEGER NOT NULL,
  held    INTEGER NOT NULL,
  data    BLOB NOT NULL,
  mac     BLOB NOT NULL,
  PRIMARY KEY (account, seq)
) WITHOUT ROWID;

-- How far an account's entries were added up, and what they came to.
CREATE TABLE ledger_mark (
  account BLOB PRIMARY KEY,
  data    BLOB NOT NULL,
  mac     BLOB NOT NULL
);

CREATE TABLE ref (
  carrier    TEXT NOT NULL,
  id         TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  data       BLOB NOT NULL,
  mac        BLOB NOT NULL,
  PRIMARY KEY (carrier, id)
) WITHOUT ROWID;

CREATE INDEX ref_age ON ref (created_at);

CREATE TABLE inbox (
  account    BLOB NOT NULL,
  id         BLOB NOT NULL,
  contact    BLOB NOT NULL,
  sandbox_at INTEGER NOT NULL,
  data       BLOB NOT NULL,
  mac        BLOB NOT NULL,
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
  mac       BLOB NOT NULL,
  PRIMARY KEY (account, id)
);

CREATE INDEX inbound_list ON inbound (account, mode, id);
CREATE INDEX inbound_from ON inbound (account, contact, id);
CREATE INDEX inbound_age ON inbound (stored_at);

CREATE TABLE template (
  account    BLOB NOT NULL,
  id         BLOB NOT NULL,
  mode       INTEGER NOT NULL,
  deleted_at INTEGER,
  data       BLOB NOT NULL,
  mac        BLOB NOT NULL,
  PRIMARY KEY (account, id)
);

-- Lists read this index from its end, and never a template that was deleted.
CREATE INDEX template_list ON template (account, mode, id) WHERE deleted_at IS NULL;
CREATE INDEX template_gone ON template (deleted_at) WHERE deleted_at IS NOT NULL;

-- What limits counted for one value of their key. id is a MAC of both: no address and no user's id is stored.
CREATE TABLE quota (
  account BLOB NOT NULL,
  id      BLOB NOT NULL,
  ends_at INTEGER NOT NULL,
  data    BLOB NOT NULL,
  mac     BLOB NOT NULL,
  PRIMARY KEY (account, id)
);

CREATE INDEX quota_end ON quota (ends_at);

-- How much an account has of each thing in a mode (internal/bound).
CREATE TABLE counts (
  account BLOB NOT NULL,
  id      BLOB NOT NULL,
  data    BLOB NOT NULL,
  mac     BLOB NOT NULL,
  PRIMARY KEY (account, id)
) WITHOUT ROWID;

-- Statistics (internal/store/tally.go): a row for each cell of the days that are still counted, and a row for each day
-- that is over, with and without prefixes. A report reads one range of ids.
CREATE TABLE tally (
  account BLOB NOT NULL,
  id      BLOB NOT NULL,
  day     INTEGER NOT NULL,
  data    BLOB NOT NULL,
  mac     BLOB NOT NULL,
  PRIMARY KEY (account, id)
) WITHOUT ROWID;

-- Days that can be put together. An update does not touch it, because a row never changes its day.
CREATE INDEX tally_age ON tally (day);

CREATE TABLE tally_day (
  account BLOB NOT NULL,
  id      BLOB NOT NULL,
  day     INTEGER NOT NULL,
  data    BLOB NOT NULL,
  mac     BLOB NOT NULL,
  PRIMARY KEY (account, id)
);

CREATE INDEX tally_day_age ON tally_day (day);

-- Endpoints of customers, the events that they get, and their deliveries. Payloads and answers are sealed in data.
CREATE TABLE endpoint (
  account BLOB NOT NULL,
  id      BLOB NOT NULL,
  mode    INTEGER NOT NULL,
  data    BLOB NOT NULL,
  mac     BLOB NOT NULL,
  PRIMARY KEY (account, id)
);

CREATE TABLE event (
  account BLOB NOT NULL,
  mode    INTEGER NOT NULL,
  id      BLOB NOT NULL,
  data    BLOB NOT NULL,
  mac     BLOB NOT NULL,
  PRIMARY KEY (account, mode, id)
);

-- A delivery is named by its target and its event, so an endpoint's list needs no index of its own.
CREATE TABLE delivery (
  account BLOB NOT NULL,
  target  BLOB NOT NULL,
  event   BLOB NOT NULL,
  due_at  INTEGER,
  owner   INTEGER NOT NULL,
  data    BLOB NOT NULL,
  mac     BLOB NOT NULL,
  PRIMARY KEY (account, target, event)
);

-- What waits or is in work, by target: a million rows that wait for one dead endpoint are not read for any other.
CREATE INDEX delivery_work ON delivery (owner, account, target, due_at) WHERE due_at IS NOT NULL;

-- Rows that were committed and are not in their tables yet (internal/store/sqlite/journal.go).
CREATE TABLE journal (
  seq  INTEGER PRIMARY KEY,
  data BLOB NOT NULL
);
