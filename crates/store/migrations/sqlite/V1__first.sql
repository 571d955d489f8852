-- The first form of the database: one network with its states, events, money, clocks and log.
--
-- Streams, principals and assets have small numbers inside the database, so that a row that
-- mentions one costs three bytes and not thirty. The triggers refuse what must never be, whoever
-- asks: a rule that stands here holds for every program that opens the file. Rules are triggers
-- and not foreign keys or unique keys alone, because INSERT OR REPLACE passes by the latter. They
-- roll the whole transaction back, which is what the store does in any case, and spares SQLite a
-- copy of each page before each statement.
--
-- Positions and numbers are counted up by SQLite itself, which takes the highest one and adds one:
-- as no row is ever deleted, there are no gaps. Before a row is written its number is -1 unless a
-- statement brought one of its own, and that is how the triggers refuse the latter.

-- The network that this database holds.
CREATE TABLE network (
    only INTEGER PRIMARY KEY CHECK (only = 1),
    -- The network's identifier, 16 bytes.
    id BLOB NOT NULL CHECK (length(id) = 16),
    -- Grows by one each time a backup is restored; commits under another epoch are fenced off.
    epoch INTEGER NOT NULL CHECK (epoch >= 1)
) STRICT;

CREATE TRIGGER network_is_one BEFORE INSERT ON network WHEN EXISTS (SELECT 1 FROM network)
BEGIN SELECT RAISE(ROLLBACK, 'a database holds one network'); END;
CREATE TRIGGER network_stays BEFORE DELETE ON network
BEGIN SELECT RAISE(ROLLBACK, 'a database keeps its network'); END;
CREATE TRIGGER network_changes BEFORE UPDATE ON network BEGIN
    SELECT RAISE(ROLLBACK, 'a database keeps its network') WHERE NEW.id IS NOT OLD.id;
    SELECT RAISE(ROLLBACK, 'the epoch of a network never goes back') WHERE NEW.epoch < OLD.epoch;
END;

-- Every stream that was ever mentioned, and its number in this database.
CREATE TABLE streams (
    number INTEGER PRIMARY KEY CHECK (number >= 1),
    -- 1 network, 2 organisation, 3 contributor, 4 outcome, 5 task. Tasks are last, so that the
    -- index below grows at its end.
    kind INTEGER NOT NULL CHECK (kind BETWEEN 1 AND 5),
    -- The identifier, 16 bytes.
    id BLOB NOT NULL CHECK (length(id) = 16)
) STRICT;
CREATE UNIQUE INDEX streams_by_id ON streams (kind, id);

CREATE TRIGGER streams_are_named_once BEFORE INSERT ON streams
WHEN coalesce(NEW.number, -1) <> -1
    OR EXISTS (SELECT 1 FROM streams WHERE kind = NEW.kind AND id = NEW.id)
BEGIN SELECT RAISE(ROLLBACK, 'a stream has one number'); END;
CREATE TRIGGER streams_do_not_change BEFORE UPDATE ON streams
BEGIN SELECT RAISE(ROLLBACK, 'a stream keeps its number'); END;
CREATE TRIGGER streams_stay BEFORE DELETE ON streams
BEGIN SELECT RAISE(ROLLBACK, 'a stream keeps its number'); END;

-- Every principal that ever sent a command.
CREATE TABLE principals (
    number INTEGER PRIMARY KEY CHECK (number >= 1),
    name TEXT NOT NULL UNIQUE
) STRICT;

CREATE TRIGGER principals_are_named_once BEFORE INSERT ON principals
WHEN coalesce(NEW.number, -1) <> -1 OR EXISTS (SELECT 1 FROM principals WHERE name = NEW.name)
BEGIN SELECT RAISE(ROLLBACK, 'a principal has one number'); END;
CREATE TRIGGER principals_do_not_change BEFORE UPDATE ON principals
BEGIN SELECT RAISE(ROLLBACK, 'a principal keeps its number'); END;
CREATE TRIGGER principals_stay BEFORE DELETE ON principals
BEGIN SELECT RAISE(ROLLBACK, 'a principal keeps its number'); END;

-- Every asset that ever moved.
CREATE TABLE assets (
    number INTEGER PRIMARY KEY CHECK (number >= 1),
    -- As in EUR. One code has one scale, for ever.
    code TEXT NOT NULL UNIQUE,
    -- Decimal places of the minor unit.
    scale INTEGER NOT NULL CHECK (scale BETWEEN 0 AND 9)
) STRICT;

CREATE TRIGGER assets_are_named_once BEFORE INSERT ON assets
WHEN coalesce(NEW.number, -1) <> -1 OR EXISTS (SELECT 1 FROM assets WHERE code = NEW.code)
BEGIN SELECT RAISE(ROLLBACK, 'the scale of an asset never changes'); END;
CREATE TRIGGER assets_do_not_change BEFORE UPDATE ON assets
BEGIN SELECT RAISE(ROLLBACK, 'the scale of an asset never changes'); END;
CREATE TRIGGER assets_stay BEFORE DELETE ON assets
BEGIN SELECT RAISE(ROLLBACK, 'an asset stays known'); END;

-- What happened. The rows are the feed, in order, and the leaves of the log.
CREATE TABLE events (
    -- The place in the feed, from 1, without gaps.
    position INTEGER PRIMARY KEY CHECK (position >= 1),
    stream INTEGER NOT NULL,
    -- The number in the stream, from 1, without gaps.
    version INTEGER NOT NULL CHECK (version >= 1),
    -- The envelope as canonical JSON: the exact bytes of the leaf. Under 64 KiB.
    body TEXT NOT NULL CHECK (octet_length(body) BETWEEN 1 AND 65535)
) STRICT;
CREATE UNIQUE INDEX events_by_version ON events (stream, version);

CREATE TRIGGER events_follow_on BEFORE INSERT ON events
WHEN coalesce(NEW.position, -1) <> -1
    OR NEW.version IS NOT 1 + coalesce((
        SELECT version FROM events WHERE stream = NEW.stream ORDER BY version DESC LIMIT 1
    ), 0)
    -- A stream that has an event is known: it was when the first one came.
    OR (NEW.version = 1 AND NOT EXISTS (SELECT 1 FROM streams WHERE number = NEW.stream))
BEGIN
    SELECT RAISE(ROLLBACK, 'the events of a known stream, and the feed, follow on without gaps');
END;
CREATE TRIGGER events_do_not_change BEFORE UPDATE ON events
BEGIN SELECT RAISE(ROLLBACK, 'an event is never changed'); END;
CREATE TRIGGER events_stay BEFORE DELETE ON events
BEGIN SELECT RAISE(ROLLBACK, 'an event is never deleted'); END;

-- The right edge of the log, and the last number given to a message.
CREATE TABLE log (
    only INTEGER PRIMARY KEY CHECK (only = 1),
    -- How many leaves: the events.
    size INTEGER NOT NULL CHECK (size >= 0),
    -- The roots of the perfect subtrees, the largest first, 32 bytes each.
    frontier BLOB NOT NULL CHECK (length(frontier) % 32 = 0),
    -- The root over all leaves.
    root BLOB NOT NULL CHECK (length(root) = 32),
    -- The highest position that a message in the outbox ever had; positions are not used again.
    messages INTEGER NOT NULL CHECK (messages >= 0)
) STRICT;

CREATE TRIGGER log_is_one BEFORE INSERT ON log WHEN EXISTS (SELECT 1 FROM log)
BEGIN SELECT RAISE(ROLLBACK, 'there is one log'); END;
CREATE TRIGGER log_stays BEFORE DELETE ON log
BEGIN SELECT RAISE(ROLLBACK, 'the log stays'); END;
CREATE TRIGGER log_grows BEFORE UPDATE ON log BEGIN
    SELECT RAISE(ROLLBACK, 'the log never shrinks') WHERE NEW.size < OLD.size;
    SELECT RAISE(ROLLBACK, 'the log has a leaf for every event')
        WHERE NEW.size IS NOT (SELECT coalesce(max(position), 0) FROM events);
    SELECT RAISE(ROLLBACK, 'a log of one size has one root')
        WHERE NEW.size = OLD.size AND (NEW.root <> OLD.root OR NEW.frontier <> OLD.frontier);
    SELECT RAISE(ROLLBACK, 'positions of messages are not used again')
        WHERE NEW.messages < OLD.messages;
END;

-- What every stream's events amount to.
CREATE TABLE states (
    -- The stream's number.
    stream INTEGER PRIMARY KEY,
    -- The stream's kind and identifier once more, so that the index below can order by them.
    kind INTEGER NOT NULL,
    id BLOB NOT NULL,
    -- How many events the state is the fold of.
    version INTEGER NOT NULL CHECK (version >= 1),
    -- The version at which something that others rely on last changed.
    fence INTEGER NOT NULL CHECK (fence BETWEEN 0 AND version),
    -- When its latest event was recorded, in milliseconds since 1970.
    recorded_at INTEGER NOT NULL,
    -- The number of the stream that it is listed under.
    parent INTEGER,
    -- The word that it is listed by.
    status TEXT NOT NULL,
    -- The version of the body's form.
    form INTEGER NOT NULL CHECK (form >= 0),
    -- The state as JSON.
    body TEXT NOT NULL
) STRICT;
CREATE INDEX states_by_status ON states (kind, status, parent, id);

CREATE TRIGGER states_begin BEFORE INSERT ON states BEGIN
    SELECT RAISE(ROLLBACK, 'a stream has one state')
        WHERE EXISTS (SELECT 1 FROM states WHERE stream = NEW.stream);
    SELECT RAISE(ROLLBACK, 'a state carries the identifier of its stream')
        WHERE NOT EXISTS (
            SELECT 1 FROM streams
            WHERE number = NEW.stream AND kind = NEW.kind AND id = NEW.id
        );
    SELECT RAISE(ROLLBACK, 'a state has the version of its last event')
        WHERE NEW.version IS NOT (SELECT max(version) FROM events WHERE stream = NEW.stream);
END;
CREATE TRIGGER states_change BEFORE UPDATE ON states
WHEN NEW.stream <> OLD.stream OR NEW.kind <> OLD.kind OR NEW.id <> OLD.id
    OR (NEW.version > OLD.version
        AND (NEW.fence < OLD.fence OR NEW.recorded_at < OLD.recorded_at))
    OR NEW.version IS NOT (
        SELECT version FROM events WHERE stream = NEW.stream ORDER BY version DESC LIMIT 1
    )
BEGIN
    SELECT RAISE(ROLLBACK,
        'a state keeps its stream, has the version of its last event, and a fence and a time that grow');
END;
CREATE TRIGGER states_stay BEFORE DELETE ON states
BEGIN SELECT RAISE(ROLLBACK, 'a state is never deleted'); END;

-- Answers to commands that were carried out. Ordered by command first, because their identifiers
-- (16 bytes) begin with the time and so the table grows at its end.
CREATE TABLE receipts (
    command BLOB NOT NULL,
    principal INTEGER NOT NULL,
    -- The digest of what was asked, 32 bytes.
    digest BLOB NOT NULL,
    -- The stream that was changed, the first version made and how many.
    stream INTEGER NOT NULL,
    first_version INTEGER NOT NULL CHECK (first_version >= 0),
    events INTEGER NOT NULL CHECK (events >= 0),
    -- Milliseconds since 1970, as everywhere here.
    at INTEGER NOT NULL,
    PRIMARY KEY (command, principal)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER receipts_are_given_once BEFORE INSERT ON receipts
WHEN EXISTS (SELECT 1 FROM receipts WHERE command = NEW.command AND principal = NEW.principal)
BEGIN SELECT RAISE(ROLLBACK, 'a command has one receipt'); END;
CREATE TRIGGER receipts_do_not_change BEFORE UPDATE ON receipts
BEGIN SELECT RAISE(ROLLBACK, 'a receipt is never changed'); END;
CREATE TRIGGER receipts_stay BEFORE DELETE ON receipts
BEGIN SELECT RAISE(ROLLBACK, 'a receipt is never deleted'); END;

-- Who holds a task, under the highest number it was ever held under.
CREATE TABLE leases (
    task INTEGER PRIMARY KEY,
    number INTEGER NOT NULL CHECK (number >= 1),
    holder INTEGER NOT NULL,
    -- Until when; nothing once the lease is over.
    deadline INTEGER
) STRICT;

CREATE TRIGGER leases_begin BEFORE INSERT ON leases BEGIN
    SELECT RAISE(ROLLBACK, 'a task has one lease')
        WHERE EXISTS (SELECT 1 FROM leases WHERE task = NEW.task);
    SELECT RAISE(ROLLBACK, 'only a task is leased')
        WHERE NOT EXISTS (SELECT 1 FROM streams WHERE number = NEW.task AND kind = 5);
    SELECT RAISE(ROLLBACK, 'a contributor holds a lease')
        WHERE NOT EXISTS (SELECT 1 FROM streams WHERE number = NEW.holder AND kind = 3);
END;
CREATE TRIGGER leases_change BEFORE UPDATE ON leases BEGIN
    SELECT RAISE(ROLLBACK, 'a lease stays with its task') WHERE NEW.task <> OLD.task;
    SELECT RAISE(ROLLBACK, 'the number of a lease only grows') WHERE NEW.number < OLD.number;
    SELECT RAISE(ROLLBACK, 'a task has one lease')
        WHERE NEW.number > OLD.number AND OLD.deadline IS NOT NULL;
    SELECT RAISE(ROLLBACK, 'a contributor holds a lease')
        WHERE NEW.holder <> OLD.holder
            AND NOT EXISTS (SELECT 1 FROM streams WHERE number = NEW.holder AND kind = 3);
    SELECT RAISE(ROLLBACK, 'a lease stays with its holder')
        WHERE NEW.number = OLD.number AND NEW.holder <> OLD.holder;
    SELECT RAISE(ROLLBACK, 'a lease that is over stays over')
        WHERE NEW.number = OLD.number AND OLD.deadline IS NULL AND NEW.deadline IS NOT NULL;
    SELECT RAISE(ROLLBACK, 'the deadline of a lease never moves back')
        WHERE NEW.number = OLD.number AND NEW.deadline < OLD.deadline;
END;
CREATE TRIGGER leases_stay BEFORE DELETE ON leases
BEGIN SELECT RAISE(ROLLBACK, 'the number of a lease stays taken'); END;

-- What is due when. The stream is written out, because due timers are told in its order.
CREATE TABLE timers (
    stream_kind INTEGER NOT NULL CHECK (stream_kind BETWEEN 1 AND 5),
    id BLOB NOT NULL CHECK (length(id) = 16),
    -- 1 offer, 2 lease, 3 review, 4 deadline.
    kind INTEGER NOT NULL CHECK (kind BETWEEN 1 AND 4),
    -- The lease, offer or review number that it belongs to.
    number INTEGER NOT NULL CHECK (number >= 0),
    due_at INTEGER NOT NULL,
    PRIMARY KEY (stream_kind, id, kind)
) STRICT, WITHOUT ROWID;
CREATE INDEX timers_by_due ON timers (due_at, stream_kind, id, kind, number);

-- The one acceptance of a task, and the person who answers for it.
CREATE TABLE acceptances (
    task INTEGER PRIMARY KEY,
    -- The number of the lease under which it was handed in: the highest one of the task.
    lease INTEGER NOT NULL,
    -- The submission's digest.
    submission BLOB NOT NULL CHECK (length(submission) = 32),
    -- The person who signed, or signed in advance.
    approver INTEGER NOT NULL,
    in_advance INTEGER NOT NULL CHECK (in_advance IN (0, 1)),
    at INTEGER NOT NULL
) STRICT;

CREATE TRIGGER acceptances_are_given_once BEFORE INSERT ON acceptances BEGIN
    SELECT RAISE(ROLLBACK, 'a task is accepted once')
        WHERE EXISTS (SELECT 1 FROM acceptances WHERE task = NEW.task);
    SELECT RAISE(ROLLBACK, 'what is accepted was handed in under the last lease of the task')
        WHERE NEW.lease IS NOT (SELECT number FROM leases WHERE task = NEW.task);
    SELECT RAISE(ROLLBACK, 'a contributor answers for an acceptance')
        WHERE NOT EXISTS (SELECT 1 FROM streams WHERE number = NEW.approver AND kind = 3);
END;
CREATE TRIGGER acceptances_do_not_change BEFORE UPDATE ON acceptances
BEGIN SELECT RAISE(ROLLBACK, 'an acceptance is never changed'); END;
CREATE TRIGGER acceptances_stay BEFORE DELETE ON acceptances
BEGIN SELECT RAISE(ROLLBACK, 'an acceptance is never deleted'); END;

-- Every movement of money, in order.
CREATE TABLE transfers (
    position INTEGER PRIMARY KEY CHECK (position >= 1),
    -- The event that it follows from, and its place among the event's transfers.
    stream INTEGER NOT NULL,
    version INTEGER NOT NULL,
    line INTEGER NOT NULL CHECK (line >= 0),
    at INTEGER NOT NULL,
    -- Whole minor units of the asset.
    amount INTEGER NOT NULL CHECK (amount > 0),
    asset INTEGER NOT NULL,
    -- Accounts: 1 clearing, 2 funds, 3 escrow, 4 hold, 5 payable, 6 fee, 7 tax; and whose they
    -- are, zero for nobody's.
    from_role INTEGER NOT NULL CHECK (from_role BETWEEN 1 AND 7),
    from_owner INTEGER NOT NULL,
    to_role INTEGER NOT NULL CHECK (to_role BETWEEN 1 AND 7),
    to_owner INTEGER NOT NULL,
    -- 1 deposit, 2 fund, 3 hold, 4 release, 5 pay, 6 fee, 7 tax, 8 refund.
    purpose INTEGER NOT NULL CHECK (purpose BETWEEN 1 AND 8),
    outcome INTEGER,
    task INTEGER,
    CHECK (from_role <> to_role OR from_owner <> to_owner),
    -- A payout comes out of the hold of its own task.
    CHECK (purpose NOT BETWEEN 5 AND 7
        OR (task IS NOT NULL AND from_role = 4 AND from_owner = task))
) STRICT;
CREATE UNIQUE INDEX transfers_by_event ON transfers (stream, version, line);
CREATE UNIQUE INDEX transfers_pay_once ON transfers (task, purpose, line)
    WHERE purpose BETWEEN 5 AND 7;
CREATE INDEX transfers_by_outcome ON transfers (outcome) WHERE outcome IS NOT NULL;

-- The accounts that can run dry: funds, escrow, hold. A row changes by its transfers alone.
CREATE TABLE balances (
    role INTEGER NOT NULL CHECK (role BETWEEN 2 AND 4),
    owner INTEGER NOT NULL,
    asset INTEGER NOT NULL,
    balance INTEGER NOT NULL CHECK (balance >= 0),
    -- The position of the last transfer that moved it.
    moved INTEGER NOT NULL,
    PRIMARY KEY (role, owner, asset)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER transfers_follow_on BEFORE INSERT ON transfers
WHEN coalesce(NEW.position, -1) <> -1
    OR NOT EXISTS (SELECT 1 FROM events WHERE stream = NEW.stream AND version = NEW.version)
    OR EXISTS (
        SELECT 1 FROM transfers
        WHERE stream = NEW.stream AND version = NEW.version AND line = NEW.line
    )
    OR NOT EXISTS (SELECT 1 FROM assets WHERE number = NEW.asset)
BEGIN
    SELECT RAISE(ROLLBACK, 'an event moves a known asset once by each line, without gaps');
END;
CREATE TRIGGER transfers_have_cover BEFORE INSERT ON transfers
WHEN NEW.from_role BETWEEN 2 AND 4
    AND NEW.amount > coalesce((
        SELECT balance FROM balances
        WHERE role = NEW.from_role AND owner = NEW.from_owner AND asset = NEW.asset
    ), 0)
BEGIN
    SELECT RAISE(ROLLBACK, 'an account that can run dry never goes below zero');
END;
CREATE TRIGGER transfers_pay_what_is_accepted BEFORE INSERT ON transfers
WHEN NEW.purpose BETWEEN 5 AND 7
BEGIN
    SELECT RAISE(ROLLBACK, 'nothing is paid that nobody accepted')
        WHERE NOT EXISTS (SELECT 1 FROM acceptances WHERE task = NEW.task);
    SELECT RAISE(ROLLBACK, 'a task is paid once')
        WHERE EXISTS (
            SELECT 1 FROM transfers
            WHERE task = NEW.task AND purpose BETWEEN 5 AND 7
                AND (stream <> NEW.stream OR version <> NEW.version)
        );
END;
CREATE TRIGGER transfers_take AFTER INSERT ON transfers WHEN NEW.from_role BETWEEN 2 AND 4
BEGIN
    UPDATE balances SET balance = balance - NEW.amount, moved = NEW.position
        WHERE role = NEW.from_role AND owner = NEW.from_owner AND asset = NEW.asset;
END;
CREATE TRIGGER transfers_give AFTER INSERT ON transfers WHEN NEW.to_role BETWEEN 2 AND 4
BEGIN
    INSERT INTO balances (role, owner, asset, balance, moved)
        SELECT NEW.to_role, NEW.to_owner, NEW.asset, 0, NEW.position - 1
        WHERE NOT EXISTS (
            SELECT 1 FROM balances
            WHERE role = NEW.to_role AND owner = NEW.to_owner AND asset = NEW.asset
        );
    UPDATE balances SET balance = balance + NEW.amount, moved = NEW.position
        WHERE role = NEW.to_role AND owner = NEW.to_owner AND asset = NEW.asset;
END;
CREATE TRIGGER transfers_do_not_change BEFORE UPDATE ON transfers
BEGIN SELECT RAISE(ROLLBACK, 'a transfer is never changed'); END;
CREATE TRIGGER transfers_stay BEFORE DELETE ON transfers
BEGIN SELECT RAISE(ROLLBACK, 'a transfer is never deleted'); END;

-- An account is opened with nothing in it, and is then moved only by the transfer it names, which
-- has to be later than the one that moved it last: no transfer counts twice.
CREATE TRIGGER balances_begin BEFORE INSERT ON balances BEGIN
    SELECT RAISE(ROLLBACK, 'an account begins with nothing') WHERE NEW.balance <> 0;
    SELECT RAISE(ROLLBACK, 'an account begins at the last transfer')
        WHERE NEW.moved IS NOT (SELECT coalesce(max(position), 0) FROM transfers) - 1;
    SELECT RAISE(ROLLBACK, 'an account has one balance')
        WHERE EXISTS (
            SELECT 1 FROM balances
            WHERE role = NEW.role AND owner = NEW.owner AND asset = NEW.asset
        );
END;
CREATE TRIGGER balances_follow_transfers BEFORE UPDATE ON balances
WHEN NEW.balance < 0
    -- What does not fit in 64 bits becomes a number with a point.
    OR CAST(NEW.balance AS INTEGER) IS NOT NEW.balance
    OR NEW.role <> OLD.role OR NEW.owner <> OLD.owner OR NEW.asset <> OLD.asset
    OR NEW.moved <= OLD.moved
    OR NOT EXISTS (
        SELECT 1 FROM transfers
        WHERE position = NEW.moved AND asset = NEW.asset
            AND (
                (from_role = NEW.role AND from_owner = NEW.owner
                    AND NEW.balance = OLD.balance - amount)
                OR (to_role = NEW.role AND to_owner = NEW.owner
                    AND NEW.balance = OLD.balance + amount)
            )
    )
BEGIN
    SELECT RAISE(ROLLBACK, 'a balance changes by its transfers alone, and stays above zero');
END;
-- The hold of a task that is done goes away, so that the table stays small.
CREATE TRIGGER balances_of_empty_holds_go AFTER UPDATE ON balances
WHEN NEW.role = 4 AND NEW.balance = 0
BEGIN
    DELETE FROM balances WHERE role = NEW.role AND owner = NEW.owner AND asset = NEW.asset;
END;
CREATE TRIGGER balances_stay BEFORE DELETE ON balances WHEN OLD.role <> 4 OR OLD.balance <> 0
BEGIN SELECT RAISE(ROLLBACK, 'only the empty hold of a task goes away'); END;

-- Commands that an event asked of another stream and that are yet to be run, the oldest first.
CREATE TABLE reactions (
    position INTEGER PRIMARY KEY,
    id BLOB NOT NULL UNIQUE CHECK (length(id) = 16),
    -- The command as JSON.
    body TEXT NOT NULL
) STRICT;

-- Messages for the world that are yet to be delivered, the oldest first.
CREATE TABLE outbox (
    position INTEGER PRIMARY KEY,
    -- The event that it tells of.
    stream INTEGER NOT NULL,
    version INTEGER NOT NULL,
    topic TEXT NOT NULL
) STRICT;

-- Signed statements of what the log was at a size.
CREATE TABLE checkpoints (
    size INTEGER PRIMARY KEY CHECK (size >= 0),
    root BLOB NOT NULL CHECK (length(root) = 32),
    -- The frontier at that size, from which later sizes are recomputed.
    frontier BLOB NOT NULL CHECK (length(frontier) % 32 = 0),
    -- The signed note.
    note TEXT NOT NULL
) STRICT;

CREATE TRIGGER checkpoints_agree BEFORE INSERT ON checkpoints BEGIN
    SELECT RAISE(ROLLBACK, 'a checkpoint of one size is signed once')
        WHERE EXISTS (SELECT 1 FROM checkpoints WHERE size = NEW.size);
    SELECT RAISE(ROLLBACK, 'a checkpoint does not go beyond the log')
        WHERE NEW.size > (SELECT size FROM log);
    SELECT RAISE(ROLLBACK, 'a checkpoint agrees with the log')
        WHERE EXISTS (SELECT 1 FROM log WHERE size = NEW.size AND root <> NEW.root);
END;
CREATE TRIGGER checkpoints_do_not_change BEFORE UPDATE ON checkpoints
BEGIN SELECT RAISE(ROLLBACK, 'a checkpoint is never changed'); END;
CREATE TRIGGER checkpoints_stay BEFORE DELETE ON checkpoints
BEGIN SELECT RAISE(ROLLBACK, 'a checkpoint is never deleted'); END;

-- The empty log; its root is the SHA-256 of nothing.
INSERT INTO log (only, size, frontier, root, messages) VALUES
    (1, 0, x'', x'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855', 0);
