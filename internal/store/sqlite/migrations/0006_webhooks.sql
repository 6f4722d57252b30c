-- Endpoints of customers, what they are told, and how it went. What no query looks for is packed into data
-- (internal/store/webhooks.go); payloads and answers are sealed in it.

CREATE TABLE endpoint (
  account BLOB NOT NULL,
  id      BLOB NOT NULL,
  mode    INTEGER NOT NULL,
  data    BLOB NOT NULL,
  PRIMARY KEY (account, id)
);

CREATE TABLE event (
  account BLOB NOT NULL,
  mode    INTEGER NOT NULL,
  id      BLOB NOT NULL,
  data    BLOB NOT NULL,
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
  PRIMARY KEY (account, target, event)
);

-- What waits or is in work, by target: a million rows that wait for one dead endpoint are not read for any other.
CREATE INDEX delivery_work ON delivery (owner, account, target, due_at) WHERE due_at IS NOT NULL;
