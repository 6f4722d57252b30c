-- People, their sessions and links, the audit log and the request log. As in 0001, data has what no query looks for, and
-- mac is over the table's name and all other columns.

-- The keys of an account; until now they were found by their ids only.
CREATE INDEX api_key_account ON api_key (account, id);

-- Somebody who signs in to the dashboard ("user" is a word of SQL). What is secret is sealed in data.
CREATE TABLE person (
  id   BYTEA PRIMARY KEY,
  data BYTEA NOT NULL,
  mac  BYTEA NOT NULL
) WITH (fillfactor = 70);

-- Leads from the MAC of an e-mail address to the person.
CREATE TABLE login (
  id   BYTEA PRIMARY KEY,
  data BYTEA NOT NULL,
  mac  BYTEA NOT NULL
);

CREATE TABLE member (
  account BYTEA NOT NULL,
  person  BYTEA NOT NULL,
  data    BYTEA NOT NULL,
  mac     BYTEA NOT NULL,
  PRIMARY KEY (account, person)
) WITH (fillfactor = 70);

-- Sessions and links are named by the MAC of their token.
CREATE TABLE session (
  id      BYTEA PRIMARY KEY,
  person  BYTEA NOT NULL,
  ends_at BIGINT NOT NULL,
  data    BYTEA NOT NULL,
  mac     BYTEA NOT NULL
) WITH (fillfactor = 50);

CREATE INDEX session_person ON session (person, ends_at, id);
CREATE INDEX session_end ON session (ends_at);

CREATE TABLE link (
  id      BYTEA PRIMARY KEY,
  account BYTEA NOT NULL,
  ends_at BIGINT NOT NULL,
  data    BYTEA NOT NULL,
  mac     BYTEA NOT NULL
);

CREATE INDEX link_account ON link (account, ends_at, id);
CREATE INDEX link_end ON link (ends_at);

-- Who changed what. The account of 16 zero bytes is the installation.
CREATE TABLE audit (
  account    BYTEA NOT NULL,
  id         BYTEA NOT NULL,
  created_at BIGINT NOT NULL,
  data       BYTEA NOT NULL,
  mac        BYTEA NOT NULL,
  PRIMARY KEY (account, id)
);

CREATE INDEX audit_age ON audit (created_at);

-- The request log: a row holds all requests that a node logged of an account and mode in a moment.
CREATE TABLE request (
  account    BYTEA NOT NULL,
  mode       BIGINT NOT NULL,
  id         BYTEA NOT NULL,
  created_at BIGINT NOT NULL,
  data       BYTEA NOT NULL,
  mac        BYTEA NOT NULL,
  PRIMARY KEY (account, mode, id)
);

CREATE INDEX request_age ON request (created_at);
