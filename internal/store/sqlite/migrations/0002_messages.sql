-- What a message is for: 0 carries a code, 1 was asked for by itself. Every index of the second kind is partial, so that a
-- code's message is written into none of them.
ALTER TABLE message ADD COLUMN purpose INTEGER NOT NULL DEFAULT 0;
-- The real time at which a message of the sandbox was made; null for live ones, which the index leaves out.
ALTER TABLE message ADD COLUMN sandbox_at INTEGER;
CREATE INDEX message_sandbox_age ON message (sandbox_at) WHERE sandbox_at IS NOT NULL;

CREATE INDEX message_list ON message (account, mode, id) WHERE purpose = 1;
CREATE INDEX message_to ON message (account, contact, id) WHERE purpose = 1;
CREATE INDEX message_rare ON message (account, mode, state, id) WHERE purpose = 1 AND state IN (1, 5, 6, 7, 8);

-- The carrier that a message waits for, empty when it waits for none.
ALTER TABLE message ADD COLUMN carrier TEXT NOT NULL DEFAULT '';

-- Work of two classes, codes and texts, by the carrier that it waits for: a sweep asks for what a carrier can take, in the
-- order of time. When more is due than it can take, the second index of a class gives each account its turn; a message that
-- waits for no carrier, as most do, is not in it.
DROP INDEX message_work;
CREATE INDEX message_work ON message (owner, carrier, due_at) WHERE due_at IS NOT NULL AND purpose = 0;
CREATE INDEX message_text_work ON message (owner, carrier, due_at) WHERE due_at IS NOT NULL AND purpose <> 0;
CREATE INDEX message_work_turns ON message (carrier, account, due_at) WHERE owner = 0 AND carrier <> '' AND due_at IS NOT NULL AND purpose = 0;
CREATE INDEX message_text_work_turns ON message (carrier, account, due_at) WHERE owner = 0 AND carrier <> '' AND due_at IS NOT NULL AND purpose <> 0;

-- The sandbox's own: its lists, and what is due by a clock that may be a month ahead, without a look at live rows.
CREATE INDEX message_sandbox ON message (account, due_at, id) WHERE mode = 2 AND owner = 0 AND due_at IS NOT NULL;
CREATE INDEX otp_sandbox ON otp (account, expires_at, id) WHERE mode = 2 AND status = 1;
CREATE INDEX otp_test ON otp (account, id) WHERE mode = 2;
