-- Times are microseconds since 1970 UTC. Numbers, bodies and answers are sealed with the master key.
-- What no query looks for is in data, as fields with numbers (internal/store/coder.go). mac is over the table's name and all
-- other columns (internal/store/codec.go): a row that was written by anything but SysSecure is refused.
-- Texts are BYTEA: TEXT takes neither a zero byte nor broken UTF-8, and carriers' ids may hold both; it also sorts by the
-- server's language, and rows are locked in the order of their keys.
-- Every key begins with the account, so that rows can be spread by it; ref, api_key and meta are the directories that lead
-- to one. Room is left in the pages of what is written again, so that a row's next version stays beside it.

CREATE TABLE meta (
  name  BYTEA PRIMARY KEY,
  value BYTEA NOT NULL
);

-- The servers that work on this database. Times are the database's own; epochs come from meta and only grow. A node whose
-- ended_at is set writes nothing more: its marks are gone, and each of its groups needs one.
CREATE TABLE node (
  epoch        BIGINT PRIMARY KEY,
  home         BYTEA NOT NULL,
  name         BYTEA NOT NULL,
  version      BYTEA NOT NULL,
  slot         BIGINT NOT NULL,
  joined_at    TIMESTAMPTZ NOT NULL,
  heartbeat_at TIMESTAMPTZ NOT NULL,
  ended_at     TIMESTAMPTZ
) WITH (fillfactor = 50);

-- The last group of each connection that writes: how it is known, after a connection was lost in a commit, what became of it.
-- Node 0 is a command of the command line, which is no node.
CREATE TABLE mark (
  id   BYTEA PRIMARY KEY,
  seq  BIGINT NOT NULL,
  at   TIMESTAMPTZ NOT NULL,
  node BIGINT NOT NULL DEFAULT 0
) WITH (fillfactor = 10);

CREATE INDEX mark_node ON mark (node);

CREATE TABLE account (
  id             BYTEA PRIMARY KEY,
  name           BYTEA NOT NULL,
  credits        BIGINT NOT NULL CHECK (credits >= 0),
  held           BIGINT NOT NULL CHECK (held >= 0),
  sandbox_offset BIGINT NOT NULL,
  data           BYTEA NOT NULL,
  mac            BYTEA NOT NULL
) WITH (fillfactor = 50);

CREATE INDEX account_sandbox ON account (id) WHERE sandbox_offset > 0;

CREATE TABLE api_key (
  id      BYTEA PRIMARY KEY,
  account BYTEA NOT NULL,
  data    BYTEA NOT NULL,
  mac     BYTEA NOT NULL
);

CREATE TABLE contact (
  account      BYTEA NOT NULL,
  id           BYTEA NOT NULL,
  mode         BIGINT NOT NULL,
  opted_out_at BIGINT,
  data         BYTEA NOT NULL,
  mac          BYTEA NOT NULL,
  PRIMARY KEY (account, id)
) WITH (fillfactor = 70);

-- The list of numbers that opted out, newest first. Contacts that did not are not in it.
CREATE INDEX contact_opted_out ON contact (account, mode, opted_out_at, id) WHERE opted_out_at IS NOT NULL;

-- otp, message, event and delivery have a partition for each day of UTC: what is old is dropped as a whole, and what is
-- written every moment stays in small indexes. An id begins with its milliseconds, so days are ranges of ids. Ids of other
-- days (the sandbox's clock runs ahead) lie in the DEFAULT partition.
CREATE TABLE otp (
  account    BYTEA NOT NULL,
  id         BYTEA NOT NULL,
  mode       BIGINT NOT NULL,
  contact    BYTEA NOT NULL,
  status     BIGINT NOT NULL,
  expires_at BIGINT NOT NULL,
  data       BYTEA NOT NULL,
  mac        BYTEA NOT NULL,
  PRIMARY KEY (account, id)
) PARTITION BY RANGE (id);

CREATE TABLE otp_default PARTITION OF otp DEFAULT WITH (fillfactor = 80);

-- Status 1 is open: the sweep of expiries reads this index from its end and never a row that has ended.
CREATE INDEX otp_open ON otp (expires_at) WHERE status = 1;
CREATE INDEX otp_sandbox ON otp (account, expires_at, id) WHERE mode = 2 AND status = 1;
CREATE INDEX otp_test ON otp (account, id) WHERE mode = 2;

-- purpose says what a message is for: 0 carries a code, 1 was asked for by itself. Every index of the second kind is
-- partial, so that a code's message is written into none of them.
CREATE TABLE message (
  account    BYTEA NOT NULL,
  id         BYTEA NOT NULL,
  mode       BIGINT NOT NULL,
  contact    BYTEA NOT NULL,
  state      BIGINT NOT NULL,
  due_at     BIGINT,
  owner      BIGINT NOT NULL,
  purpose    BIGINT NOT NULL,
  -- The real time at which a message of the sandbox was made; null for live ones, which the index leaves out.
  sandbox_at BIGINT,
  -- The carrier that it waits for, empty when it waits for none.
  carrier    BYTEA NOT NULL,
  data       BYTEA NOT NULL,
  mac        BYTEA NOT NULL,
  PRIMARY KEY (account, id)
) PARTITION BY RANGE (id);

CREATE TABLE message_default PARTITION OF message DEFAULT WITH (fillfactor = 70);

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
  account BYTEA NOT NULL,
  id      BYTEA NOT NULL,
  -- From then on the key is as good as new.
  ends_at BIGINT NOT NULL,
  data    BYTEA NOT NULL,
  mac     BYTEA NOT NULL,
  PRIMARY KEY (account, id)
) WITH (fillfactor = 70);

CREATE INDEX idempotency_end ON idempotency (ends_at);

CREATE TABLE entry (
  account BYTEA NOT NULL,
  seq     BIGINT NOT NULL,
  credits BIGINT NOT NULL,
  held    BIGINT NOT NULL,
  data    BYTEA NOT NULL,
  mac     BYTEA NOT NULL,
  PRIMARY KEY (account, seq)
);

-- How far an account's entries were added up, and what they came to.
CREATE TABLE ledger_mark (
  account BYTEA PRIMARY KEY,
  data    BYTEA NOT NULL,
  mac     BYTEA NOT NULL
);

CREATE TABLE ref (
  carrier    BYTEA NOT NULL,
  id         BYTEA NOT NULL,
  created_at BIGINT NOT NULL,
  data       BYTEA NOT NULL,
  mac        BYTEA NOT NULL,
  PRIMARY KEY (carrier, id)
);

CREATE INDEX ref_age ON ref (created_at);

CREATE TABLE inbox (
  account    BYTEA NOT NULL,
  id         BYTEA NOT NULL,
  contact    BYTEA NOT NULL,
  sandbox_at BIGINT NOT NULL,
  data       BYTEA NOT NULL,
  mac        BYTEA NOT NULL,
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
  mac       BYTEA NOT NULL,
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
  mac        BYTEA NOT NULL,
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
  mac     BYTEA NOT NULL,
  PRIMARY KEY (account, id)
) WITH (fillfactor = 50);

CREATE INDEX quota_end ON quota (ends_at);

-- How much an account has of each thing in a mode (internal/bound).
CREATE TABLE counts (
  account BYTEA NOT NULL,
  id      BYTEA NOT NULL,
  data    BYTEA NOT NULL,
  mac     BYTEA NOT NULL,
  PRIMARY KEY (account, id)
) WITH (fillfactor = 50);

-- Statistics (internal/store/tally.go): a row for each cell of the days that are still counted, and a row for each day
-- that is over, with and without prefixes. A report reads one range of ids.
CREATE TABLE tally (
  account BYTEA NOT NULL,
  id      BYTEA NOT NULL,
  day     BIGINT NOT NULL,
  data    BYTEA NOT NULL,
  mac     BYTEA NOT NULL,
  PRIMARY KEY (account, id)
) WITH (fillfactor = 20);

-- Days that can be put together. An update does not touch it, because a row never changes its day.
CREATE INDEX tally_age ON tally (day, account, id);

CREATE TABLE tally_day (
  account BYTEA NOT NULL,
  id      BYTEA NOT NULL,
  day     BIGINT NOT NULL,
  data    BYTEA NOT NULL,
  mac     BYTEA NOT NULL,
  PRIMARY KEY (account, id)
);

CREATE INDEX tally_day_age ON tally_day (day, account, id);

-- Endpoints of customers, the events that they get, and their deliveries. Payloads and answers are sealed in data.
CREATE TABLE endpoint (
  account BYTEA NOT NULL,
  id      BYTEA NOT NULL,
  mode    BIGINT NOT NULL,
  data    BYTEA NOT NULL,
  mac     BYTEA NOT NULL,
  PRIMARY KEY (account, id)
) WITH (fillfactor = 70);

CREATE TABLE event (
  account BYTEA NOT NULL,
  mode    BIGINT NOT NULL,
  id      BYTEA NOT NULL,
  data    BYTEA NOT NULL,
  mac     BYTEA NOT NULL,
  PRIMARY KEY (account, mode, id)
) PARTITION BY RANGE (id);

CREATE TABLE event_default PARTITION OF event DEFAULT WITH (fillfactor = 100);

-- A delivery is named by its target and its event, so an endpoint's list needs no index of its own.
CREATE TABLE delivery (
  account BYTEA NOT NULL,
  target  BYTEA NOT NULL,
  event   BYTEA NOT NULL,
  due_at  BIGINT,
  owner   BIGINT NOT NULL,
  data    BYTEA NOT NULL,
  mac     BYTEA NOT NULL,
  PRIMARY KEY (account, target, event)
) PARTITION BY RANGE (event);

CREATE TABLE delivery_default PARTITION OF delivery DEFAULT WITH (fillfactor = 70);

-- What waits or is in work, by target: a million rows that wait for one dead endpoint are not read for any other.
CREATE INDEX delivery_work ON delivery (owner, account, target, due_at) WHERE due_at IS NOT NULL;

-- The first days; the servers make those that follow (internal/store/postgres/maintain.go).
DO $$
DECLARE
  t RECORD;
  day BIGINT;
BEGIN
  FOR t IN SELECT * FROM (VALUES ('otp', 80), ('message', 70), ('event', 100), ('delivery', 70)) AS x (name, fill) LOOP
    FOR day IN SELECT generate_series(today - 1, today + 3) FROM (SELECT floor(extract(epoch FROM now()) / 86400)::bigint AS today) AS d LOOP
      EXECUTE format('CREATE TABLE %I PARTITION OF %I FOR VALUES FROM (%L::bytea) TO (%L::bytea) WITH (fillfactor = %s)',
        t.name || '_d' || to_char(to_timestamp(day * 86400) AT TIME ZONE 'UTC', 'YYYYMMDD'), t.name,
        '\x' || lpad(to_hex(day * 86400000), 12, '0'), '\x' || lpad(to_hex((day + 1) * 86400000), 12, '0'), t.fill);
    END LOOP;
  END LOOP;
END $$;
