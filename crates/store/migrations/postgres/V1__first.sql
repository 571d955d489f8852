-- The first form of the database: one network with its states, events, money, clocks and log.
--
-- Everything stands in a schema of its own, which is the search path while this is run and for the
-- functions ever after. Streams are written as they are named: a kind and an identifier of 16 bytes. Every key
-- leads with the shard, so that the tables can be spread over machines later; there is one shard
-- yet, and its number is 0. Texts are compared by their bytes, whatever the language of the
-- database.
--
-- The rules refuse what must never be, whoever asks. Those that look at one row are checks, keys
-- and conditions of triggers; those that compare rows look at all that a statement wrote at once,
-- so that a batch costs as many checks as a row. Positions have no gaps, because whoever gives
-- them holds the row of the log: see docs/decisions/why-one-row-gives-the-places-of-the-feed.md.

-- Refuses what a trigger was asked about; the trigger says why.
CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '%', TG_ARGV[0] USING ERRCODE = 'integrity_constraint_violation';
END $$;

-- The network that this database holds.
CREATE TABLE network (
    only_one smallint PRIMARY KEY CHECK (only_one = 1),
    id uuid NOT NULL,
    -- Grows by one each time a backup is restored; commits under another epoch are fenced off.
    epoch bigint NOT NULL CHECK (epoch >= 1)
);

CREATE TRIGGER network_stays BEFORE DELETE OR TRUNCATE ON network
    EXECUTE FUNCTION refuse('a database keeps its network');
CREATE TRIGGER network_keeps_its_name BEFORE UPDATE ON network FOR EACH ROW
    WHEN (NEW.id <> OLD.id OR NEW.only_one <> OLD.only_one)
    EXECUTE FUNCTION refuse('a database keeps its network');
CREATE TRIGGER network_goes_on BEFORE UPDATE ON network FOR EACH ROW
    WHEN (NEW.epoch < OLD.epoch)
    EXECUTE FUNCTION refuse('the epoch of a network never goes back');

-- Every asset that ever moved.
CREATE TABLE assets (
    -- As in EUR. One code has one scale, for ever.
    code text COLLATE "C" PRIMARY KEY,
    -- Decimal places of the minor unit.
    scale smallint NOT NULL CHECK (scale BETWEEN 0 AND 9)
);

CREATE TRIGGER assets_do_not_change BEFORE UPDATE ON assets
    EXECUTE FUNCTION refuse('the scale of an asset never changes');
CREATE TRIGGER assets_stay BEFORE DELETE OR TRUNCATE ON assets
    EXECUTE FUNCTION refuse('an asset stays known');

-- What happened. The rows are the feed, in order, and the leaves of the log.
CREATE TABLE events (
    -- The place in the feed, from 1, without gaps.
    position bigint NOT NULL CHECK (position >= 1),
    -- The number in the stream, from 1, without gaps.
    version bigint NOT NULL CHECK (version >= 1),
    shard smallint NOT NULL CHECK (shard = 0),
    -- 1 network, 2 organisation, 3 contributor, 4 outcome, 5 task.
    kind smallint NOT NULL CHECK (kind BETWEEN 1 AND 5),
    id uuid NOT NULL,
    -- The envelope as canonical JSON: the exact bytes of the leaf, which is why it is text. Under
    -- 64 KiB.
    body text COLLATE "C" NOT NULL CHECK (octet_length(body) BETWEEN 1 AND 65535),
    PRIMARY KEY (shard, position)
);
CREATE UNIQUE INDEX events_by_version ON events (shard, kind, id, version);

CREATE FUNCTION events_follow_on() RETURNS trigger LANGUAGE plpgsql
SET search_path FROM CURRENT AS $$
BEGIN
    IF EXISTS (
        SELECT 1 FROM (
            SELECT shard, min(position) AS first, max(position) AS last, count(*) AS many
            FROM added GROUP BY shard
        ) AS a
        WHERE a.last - a.first + 1 <> a.many OR a.first - 1 <> coalesce((
            SELECT e.position FROM events AS e
            WHERE e.shard = a.shard AND e.position = a.first - 1
        ), 0)
    ) OR EXISTS (
        SELECT 1 FROM (
            SELECT shard, kind, id, min(version) AS first, max(version) AS last, count(*) AS many
            FROM added GROUP BY shard, kind, id
        ) AS a
        WHERE a.last - a.first + 1 <> a.many OR a.first - 1 <> coalesce((
            SELECT e.version FROM events AS e
            WHERE e.shard = a.shard AND e.kind = a.kind AND e.id = a.id
                AND e.version = a.first - 1
        ), 0)
    ) THEN
        RAISE EXCEPTION 'the events of a stream, and the feed, follow on without gaps'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER events_follow_on AFTER INSERT ON events
    REFERENCING NEW TABLE AS added EXECUTE FUNCTION events_follow_on();
CREATE TRIGGER events_do_not_change BEFORE UPDATE ON events
    EXECUTE FUNCTION refuse('an event is never changed');
CREATE TRIGGER events_stay BEFORE DELETE OR TRUNCATE ON events
    EXECUTE FUNCTION refuse('an event is never deleted');

-- The right edge of the log, and the last numbers given to what waits. Whoever commits locks this
-- row first and gives places in the feed only while it holds it.
CREATE TABLE log (
    shard smallint PRIMARY KEY CHECK (shard = 0),
    -- How many leaves: the events.
    size bigint NOT NULL CHECK (size >= 0),
    -- The highest position that a message in the outbox, and a reaction, ever had; positions are
    -- not used again.
    messages bigint NOT NULL CHECK (messages >= 0),
    reactions bigint NOT NULL CHECK (reactions >= 0),
    -- The root over all leaves.
    root bytea NOT NULL CHECK (octet_length(root) = 32),
    -- The roots of the perfect subtrees, the largest first, 32 bytes each.
    frontier bytea NOT NULL CHECK (octet_length(frontier) % 32 = 0)
) WITH (fillfactor = 10);

CREATE FUNCTION log_grows() RETURNS trigger LANGUAGE plpgsql
SET search_path FROM CURRENT AS $$
DECLARE
    refusal text;
BEGIN
    IF NEW.shard <> OLD.shard THEN
        refusal := 'the log stays';
    ELSIF NEW.size < OLD.size THEN
        refusal := 'the log never shrinks';
    ELSIF NEW.size <> (
        SELECT coalesce(max(position), 0) FROM events WHERE shard = NEW.shard
    ) THEN
        refusal := 'the log has a leaf for every event';
    ELSIF NEW.size = OLD.size AND (NEW.root <> OLD.root OR NEW.frontier <> OLD.frontier) THEN
        refusal := 'a log of one size has one root';
    ELSIF NEW.messages < OLD.messages OR NEW.reactions < OLD.reactions THEN
        refusal := 'positions of messages and reactions are not used again';
    ELSE
        RETURN NEW;
    END IF;
    RAISE EXCEPTION '%', refusal USING ERRCODE = 'integrity_constraint_violation';
END $$;

CREATE TRIGGER log_grows BEFORE UPDATE ON log FOR EACH ROW EXECUTE FUNCTION log_grows();
CREATE TRIGGER log_stays BEFORE DELETE OR TRUNCATE ON log
    EXECUTE FUNCTION refuse('the log stays');

-- What every stream's events amount to.
CREATE TABLE states (
    -- How many events the state is the fold of.
    version bigint NOT NULL CHECK (version >= 1),
    -- The version at which something that others rely on last changed.
    fence bigint NOT NULL CHECK (fence BETWEEN 0 AND version),
    -- When its latest event was recorded, in milliseconds since 1970, as everywhere here.
    recorded_at bigint NOT NULL,
    -- The version of the body's form.
    form integer NOT NULL CHECK (form >= 0),
    shard smallint NOT NULL CHECK (shard = 0),
    kind smallint NOT NULL CHECK (kind BETWEEN 1 AND 5),
    id uuid NOT NULL,
    -- The stream that it is listed under.
    parent_kind smallint CHECK (parent_kind BETWEEN 1 AND 5),
    parent_id uuid,
    -- The word that it is listed by.
    status text COLLATE "C" NOT NULL,
    -- The state as JSON.
    body text COLLATE "C" NOT NULL,
    PRIMARY KEY (shard, kind, id),
    CHECK ((parent_kind IS NULL) = (parent_id IS NULL))
) WITH (fillfactor = 80);
CREATE INDEX states_by_status ON states (shard, kind, status, id);
CREATE INDEX states_by_parent ON states (shard, parent_kind, parent_id, kind, status, id)
    WHERE parent_id IS NOT NULL;

CREATE FUNCTION states_have_the_version_of_their_last_event() RETURNS trigger LANGUAGE plpgsql
SET search_path FROM CURRENT AS $$
BEGIN
    IF EXISTS (
        SELECT 1 FROM written AS w
        WHERE w.version IS DISTINCT FROM (
            SELECT e.version FROM events AS e
            WHERE e.shard = w.shard AND e.kind = w.kind AND e.id = w.id
            ORDER BY e.version DESC LIMIT 1
        )
    ) THEN
        RAISE EXCEPTION 'a state has the version of its last event'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER states_begin AFTER INSERT ON states
    REFERENCING NEW TABLE AS written
    EXECUTE FUNCTION states_have_the_version_of_their_last_event();
CREATE TRIGGER states_follow AFTER UPDATE ON states
    REFERENCING NEW TABLE AS written
    EXECUTE FUNCTION states_have_the_version_of_their_last_event();
CREATE TRIGGER states_change BEFORE UPDATE ON states FOR EACH ROW
    WHEN (NEW.shard <> OLD.shard OR NEW.kind <> OLD.kind OR NEW.id <> OLD.id
        OR (NEW.version > OLD.version
            AND (NEW.fence < OLD.fence OR NEW.recorded_at < OLD.recorded_at)))
    EXECUTE FUNCTION refuse('a state keeps its stream, and has a fence and a time that grow');
CREATE TRIGGER states_stay BEFORE DELETE OR TRUNCATE ON states
    EXECUTE FUNCTION refuse('a state is never deleted');

-- Answers to commands that were carried out. Ordered by command first, because their identifiers
-- begin with the time and so the index grows at its end. Never in partitions by time: the key has
-- to be looked up whenever the command was first sent.
CREATE TABLE receipts (
    -- The stream that was changed, the first version made and how many.
    first_version bigint NOT NULL CHECK (first_version >= 0),
    at bigint NOT NULL,
    events integer NOT NULL CHECK (events >= 0),
    shard smallint NOT NULL CHECK (shard = 0),
    kind smallint NOT NULL CHECK (kind BETWEEN 1 AND 5),
    id uuid NOT NULL,
    command uuid NOT NULL,
    principal text COLLATE "C" NOT NULL,
    -- The digest of what was asked.
    digest bytea NOT NULL CHECK (octet_length(digest) = 32),
    PRIMARY KEY (shard, command, principal)
);

CREATE TRIGGER receipts_do_not_change BEFORE UPDATE ON receipts
    EXECUTE FUNCTION refuse('a receipt is never changed');
CREATE TRIGGER receipts_stay BEFORE DELETE OR TRUNCATE ON receipts
    EXECUTE FUNCTION refuse('a receipt is never deleted');

-- Who holds a task, under the highest number it was ever held under.
CREATE TABLE leases (
    number bigint NOT NULL CHECK (number >= 1),
    -- Until when; nothing once the lease is over.
    deadline bigint,
    shard smallint NOT NULL CHECK (shard = 0),
    task uuid NOT NULL,
    -- The contributor.
    holder uuid NOT NULL,
    PRIMARY KEY (shard, task)
) WITH (fillfactor = 70);

CREATE TRIGGER leases_stay_with_their_task BEFORE UPDATE ON leases FOR EACH ROW
    WHEN (NEW.task <> OLD.task OR NEW.shard <> OLD.shard)
    EXECUTE FUNCTION refuse('a lease stays with its task');
CREATE TRIGGER leases_grow BEFORE UPDATE ON leases FOR EACH ROW
    WHEN (NEW.number < OLD.number)
    EXECUTE FUNCTION refuse('the number of a lease only grows');
CREATE TRIGGER leases_are_one_at_a_time BEFORE UPDATE ON leases FOR EACH ROW
    WHEN (NEW.number > OLD.number AND OLD.deadline IS NOT NULL)
    EXECUTE FUNCTION refuse('a task has one lease');
CREATE TRIGGER leases_stay_with_their_holder BEFORE UPDATE ON leases FOR EACH ROW
    WHEN (NEW.number = OLD.number AND NEW.holder <> OLD.holder)
    EXECUTE FUNCTION refuse('a lease stays with its holder');
CREATE TRIGGER leases_stay_over BEFORE UPDATE ON leases FOR EACH ROW
    WHEN (NEW.number = OLD.number AND OLD.deadline IS NULL AND NEW.deadline IS NOT NULL)
    EXECUTE FUNCTION refuse('a lease that is over stays over');
CREATE TRIGGER leases_take_no_time_away BEFORE UPDATE ON leases FOR EACH ROW
    WHEN (NEW.number = OLD.number AND NEW.deadline < OLD.deadline)
    EXECUTE FUNCTION refuse('the deadline of a lease never moves back');
CREATE TRIGGER leases_stay BEFORE DELETE OR TRUNCATE ON leases
    EXECUTE FUNCTION refuse('the number of a lease stays taken');

-- What is due when.
CREATE TABLE timers (
    due_at bigint NOT NULL,
    -- The lease, offer or review number that it belongs to.
    number bigint NOT NULL CHECK (number >= 0),
    shard smallint NOT NULL CHECK (shard = 0),
    stream_kind smallint NOT NULL CHECK (stream_kind BETWEEN 1 AND 5),
    id uuid NOT NULL,
    -- 1 offer, 2 lease, 3 review, 4 deadline.
    kind smallint NOT NULL CHECK (kind BETWEEN 1 AND 4),
    PRIMARY KEY (shard, stream_kind, id, kind)
);
CREATE INDEX timers_by_due ON timers (shard, due_at, stream_kind, id, kind);

-- The one acceptance of a task, and the person who answers for it. Never in partitions by time.
CREATE TABLE acceptances (
    -- The number of the lease under which it was handed in: the highest one of the task.
    lease bigint NOT NULL,
    at bigint NOT NULL,
    shard smallint NOT NULL CHECK (shard = 0),
    in_advance boolean NOT NULL,
    task uuid NOT NULL,
    -- The person who signed, or signed in advance.
    approver uuid NOT NULL,
    -- The submission's digest.
    submission bytea NOT NULL CHECK (octet_length(submission) = 32),
    PRIMARY KEY (shard, task)
);

CREATE FUNCTION acceptances_are_of_the_last_lease() RETURNS trigger LANGUAGE plpgsql
SET search_path FROM CURRENT AS $$
BEGIN
    IF EXISTS (
        SELECT 1 FROM added AS a
        WHERE a.lease IS DISTINCT FROM (
            SELECT l.number FROM leases AS l WHERE l.shard = a.shard AND l.task = a.task
        )
    ) THEN
        RAISE EXCEPTION 'what is accepted was handed in under the last lease of the task'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER acceptances_are_of_the_last_lease AFTER INSERT ON acceptances
    REFERENCING NEW TABLE AS added EXECUTE FUNCTION acceptances_are_of_the_last_lease();
CREATE TRIGGER acceptances_do_not_change BEFORE UPDATE ON acceptances
    EXECUTE FUNCTION refuse('an acceptance is never changed');
CREATE TRIGGER acceptances_stay BEFORE DELETE OR TRUNCATE ON acceptances
    EXECUTE FUNCTION refuse('an acceptance is never deleted');

-- Every movement of money, in order.
CREATE TABLE transfers (
    position bigint NOT NULL CHECK (position >= 1),
    -- The event that it follows from, and its place among the event's transfers.
    version bigint NOT NULL,
    at bigint NOT NULL,
    -- Whole minor units of the asset.
    amount bigint NOT NULL CHECK (amount > 0),
    line integer NOT NULL CHECK (line >= 0),
    shard smallint NOT NULL CHECK (shard = 0),
    kind smallint NOT NULL CHECK (kind BETWEEN 1 AND 5),
    id uuid NOT NULL,
    asset text COLLATE "C" NOT NULL,
    -- Accounts: 1 clearing, 2 funds, 3 escrow, 4 hold, 5 payable, 6 fee, 7 tax; and whose they
    -- are: an organisation's, an outcome's, a task's, a contributor's, or nobody's.
    from_role smallint NOT NULL CHECK (from_role BETWEEN 1 AND 7),
    to_role smallint NOT NULL CHECK (to_role BETWEEN 1 AND 7),
    -- 1 deposit, 2 fund, 3 hold, 4 release, 5 pay, 6 fee, 7 tax, 8 refund.
    purpose smallint NOT NULL CHECK (purpose BETWEEN 1 AND 8),
    from_owner uuid,
    to_owner uuid,
    outcome uuid,
    task uuid,
    PRIMARY KEY (shard, position),
    CHECK ((from_role IN (1, 6, 7)) = (from_owner IS NULL)),
    CHECK ((to_role IN (1, 6, 7)) = (to_owner IS NULL)),
    CHECK (from_role <> to_role OR from_owner IS DISTINCT FROM to_owner),
    -- A payout comes out of the hold of its own task.
    CHECK (purpose NOT BETWEEN 5 AND 7
        OR (task IS NOT NULL AND from_role = 4 AND from_owner = task))
);
CREATE UNIQUE INDEX transfers_by_event ON transfers (shard, kind, id, version, line);
CREATE UNIQUE INDEX transfers_pay_once ON transfers (shard, task, purpose, line)
    WHERE purpose BETWEEN 5 AND 7;
CREATE INDEX transfers_by_outcome ON transfers (shard, outcome, position)
    WHERE outcome IS NOT NULL;

-- The one event by which a task is paid; the transfers write it. Never in partitions by time, so
-- that a task is paid once even when its transfers have been archived.
CREATE TABLE payouts (
    version bigint NOT NULL,
    shard smallint NOT NULL CHECK (shard = 0),
    kind smallint NOT NULL,
    id uuid NOT NULL,
    task uuid NOT NULL,
    PRIMARY KEY (shard, task)
);

-- The accounts that can run dry: funds, escrow, hold. The transfers write it.
CREATE TABLE balances (
    balance bigint NOT NULL CHECK (balance >= 0),
    -- The position of the last transfer that moved it.
    moved bigint NOT NULL,
    shard smallint NOT NULL CHECK (shard = 0),
    role smallint NOT NULL CHECK (role BETWEEN 2 AND 4),
    owner uuid NOT NULL,
    asset text COLLATE "C" NOT NULL,
    PRIMARY KEY (shard, role, owner, asset)
) WITH (fillfactor = 50);

-- The transfers that a statement wrote: in order, known, covered one after the other, and paid
-- once for what somebody accepted. Then the balances are moved by what they come to.
CREATE FUNCTION transfers_follow_on() RETURNS trigger LANGUAGE plpgsql
SET search_path FROM CURRENT AS $$
DECLARE
    refusal text;
BEGIN
    SELECT CASE
        WHEN EXISTS (
            SELECT 1 FROM (
                SELECT shard, min(position) AS first, max(position) AS last, count(*) AS many
                FROM added GROUP BY shard
            ) AS a
            WHERE a.last - a.first + 1 <> a.many OR a.first - 1 <> coalesce((
                SELECT t.position FROM transfers AS t
                WHERE t.shard = a.shard AND t.position = a.first - 1
            ), 0)
        ) THEN 'transfers follow on without gaps'
        WHEN EXISTS (
            SELECT 1 FROM added AS a
            WHERE a.version IS DISTINCT FROM (
                SELECT e.version FROM events AS e
                WHERE e.shard = a.shard AND e.kind = a.kind AND e.id = a.id
                    AND e.version = a.version
            )
        ) THEN 'an event moves money, and nothing else does'
        WHEN EXISTS (
            SELECT 1 FROM added AS a
            WHERE NOT EXISTS (SELECT 1 FROM assets AS s WHERE s.code = a.asset)
        ) THEN 'a transfer moves a known asset'
        WHEN EXISTS (
            SELECT 1 FROM added AS a
            WHERE a.purpose BETWEEN 5 AND 7 AND a.task IS DISTINCT FROM (
                SELECT s.task FROM acceptances AS s WHERE s.shard = a.shard AND s.task = a.task
            )
        ) THEN 'nothing is paid that nobody accepted'
        WHEN EXISTS (
            SELECT 1 FROM (
                SELECT m.shard, m.role, m.owner, m.asset, sum(m.delta) OVER (
                    PARTITION BY m.shard, m.role, m.owner, m.asset ORDER BY m.position
                ) AS change
                FROM (
                    SELECT shard, to_role AS role, to_owner AS owner, asset, amount AS delta,
                        position FROM added WHERE to_role BETWEEN 2 AND 4
                    UNION ALL
                    SELECT shard, from_role, from_owner, asset, -amount,
                        position FROM added WHERE from_role BETWEEN 2 AND 4
                ) AS m
            ) AS s
            WHERE s.change < 0 AND s.change + coalesce((
                SELECT b.balance FROM balances AS b
                WHERE b.shard = s.shard AND b.role = s.role AND b.owner = s.owner
                    AND b.asset = s.asset
            ), 0) < 0
        ) THEN 'an account that can run dry never goes below zero'
    END INTO refusal;
    IF refusal IS NULL THEN
        INSERT INTO payouts (shard, task, kind, id, version)
            SELECT shard, task, min(kind), min(id::text)::uuid, min(version) FROM added
            WHERE purpose BETWEEN 5 AND 7 GROUP BY shard, task
            ON CONFLICT DO NOTHING;
        IF EXISTS (
            SELECT 1 FROM added AS a JOIN payouts AS p ON p.shard = a.shard AND p.task = a.task
            WHERE a.purpose BETWEEN 5 AND 7
                AND (p.kind <> a.kind OR p.id <> a.id OR p.version <> a.version)
        ) THEN
            refusal := 'a task is paid once';
        END IF;
    END IF;
    IF refusal IS NOT NULL THEN
        RAISE EXCEPTION '%', refusal USING ERRCODE = 'integrity_constraint_violation';
    END IF;

    WITH moves AS (
        SELECT m.shard, m.role, m.owner, m.asset, sum(m.delta) AS delta, max(m.position) AS last
        FROM (
            SELECT shard, to_role AS role, to_owner AS owner, asset, amount AS delta,
                position FROM added WHERE to_role BETWEEN 2 AND 4
            UNION ALL
            SELECT shard, from_role, from_owner, asset, -amount,
                position FROM added WHERE from_role BETWEEN 2 AND 4
        ) AS m
        GROUP BY m.shard, m.role, m.owner, m.asset
    ), changed AS (
        UPDATE balances AS b SET balance = b.balance + m.delta, moved = m.last
        FROM moves AS m
        WHERE b.shard = m.shard AND b.role = m.role AND b.owner = m.owner AND b.asset = m.asset
        RETURNING b.shard, b.role, b.owner, b.asset
    )
    INSERT INTO balances (shard, role, owner, asset, balance, moved)
        SELECT m.shard, m.role, m.owner, m.asset, m.delta, m.last FROM moves AS m
        WHERE (m.shard, m.role, m.owner, m.asset) NOT IN (TABLE changed)
            -- A hold that was opened and emptied by the same statement is not there after it.
            AND (m.role <> 4 OR m.delta <> 0);
    -- The hold of a task that is done goes away, so that the table stays small.
    DELETE FROM balances AS b USING added AS a
        WHERE b.shard = a.shard AND b.role = 4 AND b.owner = a.from_owner AND b.asset = a.asset
            AND b.balance = 0 AND a.from_role = 4;
    RETURN NULL;
END $$;

CREATE TRIGGER transfers_follow_on AFTER INSERT ON transfers
    REFERENCING NEW TABLE AS added EXECUTE FUNCTION transfers_follow_on();
CREATE TRIGGER transfers_do_not_change BEFORE UPDATE ON transfers
    EXECUTE FUNCTION refuse('a transfer is never changed');
CREATE TRIGGER transfers_stay BEFORE DELETE OR TRUNCATE ON transfers
    EXECUTE FUNCTION refuse('a transfer is never deleted');

-- What the transfers write is written by their trigger alone: a statement of anybody's is not
-- inside of a trigger.
CREATE TRIGGER balances_follow_transfers BEFORE INSERT OR UPDATE ON balances
    FOR EACH STATEMENT WHEN (pg_trigger_depth() < 1)
    EXECUTE FUNCTION refuse('a balance changes by its transfers alone');
CREATE TRIGGER balances_stay BEFORE DELETE ON balances
    FOR EACH STATEMENT WHEN (pg_trigger_depth() < 1)
    EXECUTE FUNCTION refuse('only the empty hold of a task goes away');
CREATE TRIGGER balances_are_kept BEFORE TRUNCATE ON balances
    EXECUTE FUNCTION refuse('only the empty hold of a task goes away');
CREATE TRIGGER payouts_follow_transfers BEFORE INSERT ON payouts
    FOR EACH STATEMENT WHEN (pg_trigger_depth() < 1)
    EXECUTE FUNCTION refuse('a task is paid by its transfers alone');
CREATE TRIGGER payouts_do_not_change BEFORE UPDATE OR DELETE OR TRUNCATE ON payouts
    EXECUTE FUNCTION refuse('a task is paid once');

-- Commands that an event asked of another stream and that are yet to be run, the oldest first.
CREATE TABLE reactions (
    position bigint NOT NULL,
    shard smallint NOT NULL CHECK (shard = 0),
    id uuid NOT NULL,
    -- The command as JSON.
    body text COLLATE "C" NOT NULL,
    PRIMARY KEY (shard, id)
);
CREATE UNIQUE INDEX reactions_by_position ON reactions (shard, position);

-- Messages for the world that are yet to be delivered, the oldest first.
CREATE TABLE outbox (
    position bigint NOT NULL,
    -- The event that it tells of.
    version bigint NOT NULL,
    shard smallint NOT NULL CHECK (shard = 0),
    kind smallint NOT NULL CHECK (kind BETWEEN 1 AND 5),
    id uuid NOT NULL,
    topic text COLLATE "C" NOT NULL,
    PRIMARY KEY (shard, position)
);

-- Signed statements of what the log was at a size.
CREATE TABLE checkpoints (
    size bigint NOT NULL CHECK (size >= 0),
    shard smallint NOT NULL CHECK (shard = 0),
    root bytea NOT NULL CHECK (octet_length(root) = 32),
    -- The frontier at that size, from which later sizes are recomputed.
    frontier bytea NOT NULL CHECK (octet_length(frontier) % 32 = 0),
    -- The signed note.
    note text COLLATE "C" NOT NULL,
    PRIMARY KEY (shard, size)
);

CREATE FUNCTION checkpoints_agree() RETURNS trigger LANGUAGE plpgsql
SET search_path FROM CURRENT AS $$
DECLARE
    edge log%ROWTYPE;
BEGIN
    SELECT * INTO edge FROM log WHERE shard = NEW.shard;
    IF edge.size IS NULL OR NEW.size > edge.size THEN
        RAISE EXCEPTION 'a checkpoint does not go beyond the log'
            USING ERRCODE = 'integrity_constraint_violation';
    ELSIF NEW.size = edge.size AND NEW.root <> edge.root THEN
        RAISE EXCEPTION 'a checkpoint agrees with the log'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER checkpoints_agree BEFORE INSERT ON checkpoints
    FOR EACH ROW EXECUTE FUNCTION checkpoints_agree();
CREATE TRIGGER checkpoints_do_not_change BEFORE UPDATE ON checkpoints
    EXECUTE FUNCTION refuse('a checkpoint is never changed');
CREATE TRIGGER checkpoints_stay BEFORE DELETE OR TRUNCATE ON checkpoints
    EXECUTE FUNCTION refuse('a checkpoint is never deleted');

-- The empty log; its root is the SHA-256 of nothing. Nobody adds another one.
INSERT INTO log (shard, size, messages, reactions, root, frontier) VALUES
    (0, 0, 0, 0, '\xe3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855', '\x');
