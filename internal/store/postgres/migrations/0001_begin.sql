-- Times are microseconds since 1970 UTC. Numbers, bodies and answers are sealed with the master key.
-- What no query looks for is packed into data (internal/store/wide.go).
-- Texts are BYTEA: TEXT takes neither a zero byte nor broken UTF-8, and carriers' ids may hold both; it also sorts by the
-- server's language, and rows are locked in the order of their keys.
-- Every key begins with the account, so that rows can be spread by it; ref, api_key and meta are the directories that lead
-- to one. Room is left in the pages of what is written again, so that a row's next version stays beside it.

CREATE TABLE meta (
  name  BYTEA PRIMARY KEY,
  value BYTEA NOT NULL
);

-- The last group of each connection that writes: how it is known, after a connection was lost in a commit, what became of it.
CREATE TABLE mark (
  id    BYTEA PRIMARY KEY,
  seq   BIGINT NOT NULL,
  at    TIMESTAMPTZ NOT NULL
) WITH (fillfactor = 10);

CREATE TABLE account (
  id              BYTEA PRIMARY KEY,
  name            BYTEA NOT NULL,
  credits         BIGINT NOT NULL CHECK (credits >= 0),
  held            BIGINT NOT NULL CHECK (held >= 0),
  entries         BIGINT NOT NULL,
  settings        BYTEA NOT NULL,
  callback_secret BYTEA,
  test_callback_secret BYTEA,
  sandbox_offset  BIGINT NOT NULL,
  sandbox_goal    BIGINT NOT NULL,
  created_at      BIGINT NOT NULL,
  -- What spend caps and the alarm of low credits remember.
  watch           BYTEA
) WITH (fillfactor = 50);

CREATE INDEX account_sandbox ON account (id) WHERE sandbox_offset > 0;

CREATE TABLE api_key (
  id         BYTEA PRIMARY KEY,
  account    BYTEA NOT NULL,
  mode       BIGINT NOT NULL,
  mac        BYTEA NOT NULL,
  scopes     BYTEA NOT NULL,
  created_at BIGINT NOT NULL,
  expires_at BIGINT,
  revoked_at BIGINT
);

CREATE TABLE contact (
  account      BYTEA NOT NULL,
  id           BYTEA NOT NULL,
  mode         BIGINT NOT NULL,
  opted_out_at BIGINT,
  data         BYTEA NOT NULL,
  PRIMARY KEY (account, id)
) WITH (fillfactor = 70);

-- The list of numbers that opted out, newest first. Contacts that did not are not in it.
CREATE INDEX contact_opted_out ON contact (account, mode, opted_out_at, id) WHERE opted_out_at IS NOT NULL;

CREATE TABLE otp (
  account    BYTEA NOT NULL,
  id         BYTEA NOT NULL,
  mode       BIGINT NOT NULL,
  contact    BYTEA NOT NULL,
  status     BIGINT NOT NULL,
  expires_at BIGINT NOT NULL,
  data       BYTEA NOT NULL,
  PRIMARY KEY (account, id)
) WITH (fillfactor = 80);

-- Status 1 is open: the sweep of expiries reads this index from its end and never a row that has ended.
CREATE INDEX otp_open ON otp (expires_at) WHERE status = 1;
CREATE INDEX otp_sandbox ON otp (account, expires_at, id) WHERE mode = 2 AND status = 1;
CREATE INDEX otp_test ON otp (account, id) WHERE mode = 2;

-- purpose says what a message is for: 0 carries a code, 1 was asked for by itself. Every index of the second kind is
-- partial, so that a code's message is written into none of them.
CREATE TABLE message (
  account BYTEA NOT NULL,
  id      BYTEA NOT NULL,
  mode    BIGINT NOT NULL,
  contact BYTEA NOT NULL,
  state   BIGINT NOT NULL,
  due_at  BIGINT,
  owner   BIGINT NOT NULL,
  purpose BIGINT NOT NULL,
  carrier BYTEA NOT NULL,
  data    BYTEA NOT NULL,
  -- The real time at which a message of the sandbox was made; null for live ones, which the index leaves out.
  sandbox_at BIGINT,
  PRIMARY KEY (account, id)
) WITH (fillfactor = 70);

-- Everything that waits or is in work, by the carrier that it waits for (empty when it waits for none), in two classes: codes
-- and texts. When more is due than a carrier can take, the second index of a class gives each account its turn.
CREATE INDEX message_work ON message (owner, carrier, due_at) WHERE due_at IS NOT NULL AND purpose = 0;
CREATE INDEX message_text_work ON message (owner, carrier, due_at) WHERE due_at IS NOT NULL AND purpose <> 0;
CREATE INDEX message_work_turns ON message (carrier, account, due_at) WHERE owner = 0 AND carrier <> '' AND due_at IS NOT NULL AND purpose = 0;
CREATE INDEX message_text_work_turns ON message (carrier, account, due_at) WHERE owner = 0 AND carrier <> '' AND due_at IS NOT NULL AND purpose <> 0;
CREATE INDEX message_list ON message (account, mode, id) WHERE purpose = 1;
CREATE INDEX message_to ON message (account, contact, id) WHERE purpose = 1;
CREATE INDEX message_rare ON message (account, mode, state, id) WHERE purpose = 1 AND state IN (1, 5, 6, 7, 8);
CREATE INDEX message_sandbox_age ON message (sandbox_at) WHERE sandbox_at IS NOT NULL;
CREATE INDEX message_sandbox ON message (account, due_at, id) WHERE mode = 2 AND owner = 0 AND due_at IS NOT NULL;

CREATE TABLE idempotency (
  account     BYTEA NOT NULL,
  id          BYTEA NOT NULL,
  fingerprint BYTEA NOT NULL,
  otp         BYTEA,
  message     BYTEA,
  owner       BIGINT NOT NULL,
  status      BIGINT NOT NULL,
  answer      BYTEA,
  created_at  BIGINT NOT NULL,
  -- From then on the key is as good as new.
  ends_at     BIGINT NOT NULL,
  PRIMARY KEY (account, id)
) WITH (fillfactor = 70);

CREATE INDEX idempotency_end ON idempotency (ends_at);

CREATE TABLE entry (
  account BYTEA NOT NULL,
  seq     BIGINT NOT NULL,
  kind    BIGINT NOT NULL,
  credits BIGINT NOT NULL,
  held    BIGINT NOT NULL,
  message BYTEA,
  at      BIGINT NOT NULL,
  PRIMARY KEY (account, seq)
);

CREATE TABLE ref (
  carrier    BYTEA NOT NULL,
  id         BYTEA NOT NULL,
  data       BYTEA NOT NULL,
  created_at BIGINT NOT NULL,
  PRIMARY KEY (carrier, id)
);

CREATE INDEX ref_age ON ref (created_at);

CREATE TABLE inbox (
  account BYTEA NOT NULL,
  id      BYTEA NOT NULL,
  contact BYTEA NOT NULL,
  number  BYTEA NOT NULL,
  channel BIGINT NOT NULL,
  body    BYTEA NOT NULL,
  at      BIGINT NOT NULL,
  sandbox_at BIGINT NOT NULL,
  PRIMARY KEY (account, id)
);

CREATE INDEX inbox_contact ON inbox (account, contact, id);
CREATE INDEX inbox_age ON inbox (sandbox_at);

CREATE TABLE inbound (
  account   BYTEA NOT NULL,
  id        BYTEA NOT NULL,
  mode      BIGINT NOT NULL,
  contact   BYTEA NOT NULL,
  stored_at BIGINT NOT NULL,
  data      BYTEA NOT NULL,
  PRIMARY KEY (account, id)
);

CREATE INDEX inbound_list ON inbound (account, mode, id);
CREATE INDEX inbound_from ON inbound (account, contact, id);
CREATE INDEX inbound_age ON inbound (stored_at);

CREATE TABLE template (
  account    BYTEA NOT NULL,
  id         BYTEA NOT NULL,
  mode       BIGINT NOT NULL,
  deleted_at BIGINT,
  data       BYTEA NOT NULL,
  PRIMARY KEY (account, id)
);

-- Lists read this index from its end, and never a template that was deleted.
CREATE INDEX template_list ON template (account, mode, id) WHERE deleted_at IS NULL;
CREATE INDEX template_gone ON template (deleted_at) WHERE deleted_at IS NOT NULL;

-- What limits counted for one value of their key. id is a MAC of both: no address and no user's id is stored.
CREATE TABLE quota (
  account BYTEA NOT NULL,
  id      BYTEA NOT NULL,
  ends_at BIGINT NOT NULL,
  data    BYTEA NOT NULL,
  PRIMARY KEY (account, id)
) WITH (fillfactor = 50);

CREATE INDEX quota_end ON quota (ends_at);

-- How much an account has of each thing in a mode (internal/bound).
CREATE TABLE counts (
  account BYTEA NOT NULL,
  id      BYTEA NOT NULL,
  data    BYTEA NOT NULL,
  PRIMARY KEY (account, id)
) WITH (fillfactor = 50);

-- Statistics (internal/store/tally.go): a row for each cell of the days that are still counted, and a row for each day
-- that is over, with and without prefixes. A report reads one range of ids.
CREATE TABLE tally (
  account BYTEA NOT NULL,
  id      BYTEA NOT NULL,
  day     BIGINT NOT NULL,
  data    BYTEA NOT NULL,
  PRIMARY KEY (account, id)
) WITH (fillfactor = 20);

-- Days that can be put together. An update does not touch it, because a row never changes its day.
CREATE INDEX tally_age ON tally (day, account, id);

CREATE TABLE tally_day (
  account BYTEA NOT NULL,
  id      BYTEA NOT NULL,
  day     BIGINT NOT NULL,
  data    BYTEA NOT NULL,
  PRIMARY KEY (account, id)
);

CREATE INDEX tally_day_age ON tally_day (day, account, id);

-- How far an account's entries were added up, and what they came to.
CREATE TABLE ledger_mark (
  account BYTEA PRIMARY KEY,
  seq     BIGINT NOT NULL,
  credits BIGINT NOT NULL,
  held    BIGINT NOT NULL,
  at      BIGINT NOT NULL
);

-- Endpoints of customers, what they are told, and how it went. Payloads and answers are sealed in data.
CREATE TABLE endpoint (
  account BYTEA NOT NULL,
  id      BYTEA NOT NULL,
  mode    BIGINT NOT NULL,
  data    BYTEA NOT NULL,
  PRIMARY KEY (account, id)
) WITH (fillfactor = 70);

CREATE TABLE event (
  account BYTEA NOT NULL,
  mode    BIGINT NOT NULL,
  id      BYTEA NOT NULL,
  data    BYTEA NOT NULL,
  PRIMARY KEY (account, mode, id)
);

-- A delivery is named by its target and its event, so an endpoint's list needs no index of its own.
CREATE TABLE delivery (
  account BYTEA NOT NULL,
  target  BYTEA NOT NULL,
  event   BYTEA NOT NULL,
  due_at  BIGINT,
  owner   BIGINT NOT NULL,
  data    BYTEA NOT NULL,
  PRIMARY KEY (account, target, event)
) WITH (fillfactor = 70);

-- What waits or is in work, by target: a million rows that wait for one dead endpoint are not read for any other.
CREATE INDEX delivery_work ON delivery (owner, account, target, due_at) WHERE due_at IS NOT NULL;
