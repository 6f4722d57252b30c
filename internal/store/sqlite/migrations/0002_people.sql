-- People, their sessions and links, the audit log and the request log. As in 0001, data has what no query looks for, and
-- mac is over the table's name and all other columns.

-- The keys of an account; until now they were found by their ids only.
CREATE INDEX api_key_account ON api_key (account, id);

-- Somebody who signs in to the dashboard ("user" is a word of SQL). What is secret is sealed in data.
CREATE TABLE person (
  id   BLOB PRIMARY KEY,
  data BLOB NOT NULL,
  mac  BLOB NOT NULL
);

-- Leads from the MAC of an e-mail address to the person.
CREATE TABLE login (
  id   BLOB PRIMARY KEY,
  data BLOB NOT NULL,
  mac  BLOB NOT NULL
);

CREATE TABLE member (
  account BLOB NOT NULL,
  person  BLOB NOT NULL,
  data    BLOB NOT NULL,
  mac     BLOB NOT NULL,
  PRIMARY KEY (account, person)
);

-- Sessions and links are named by the MAC of their token.
CREATE TABLE session (
  id      BLOB PRIMARY KEY,
  person  BLOB NOT NULL,
  ends_at INTEGER NOT NULL,
  data    BLOB NOT NULL,
  mac     BLOB NOT NULL
);

CREATE INDEX session_person ON session (person, ends_at, id);
CREATE INDEX session_end ON session (ends_at);

CREATE TABLE link (
  id      BLOB PRIMARY KEY,
  account BLOB NOT NULL,
  ends_at INTEGER NOT NULL,
  data    BLOB NOT NULL,
  mac     BLOB NOT NULL
);

CREATE INDEX link_account ON link (account, ends_at, id);
CREATE INDEX link_end ON link (ends_at);

-- Who changed what. The account of 16 zero bytes is the installation.
CREATE TABLE audit (
  account    BLOB NOT NULL,
  id         BLOB NOT NULL,
  created_at INTEGER NOT NULL,
  data       BLOB NOT NULL,
  mac        BLOB NOT NULL,
  PRIMARY KEY (account, id)
);

CREATE INDEX audit_age ON audit (created_at);

-- The request log: a row holds all requests that a node logged of an account and mode in a moment.
CREATE TABLE request (
  account    BLOB NOT NULL,
  mode       INTEGER NOT NULL,
  id         BLOB NOT NULL,
  created_at INTEGER NOT NULL,
  data       BLOB NOT NULL,
  mac        BLOB NOT NULL,
  PRIMARY KEY (account, mode, id)
);

CREATE INDEX request_age ON request (created_at);
