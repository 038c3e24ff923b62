import { HoldfastError } from '../../protocol/errors.ts';
import type { Database } from './database.ts';

/**
 * Every step a journal has taken, oldest first; `PRAGMA user_version` counts those it has behind it. A step that was
 * released is never changed: a new one is added at the end. A step that changes what head or items hold empties
 * `item` and sets `items_seq` to 0, or folds the heads anew: both are rebuildable from `envelope` (law 5). One that is a function
 * makes its own transactions, and begins again after a crash.
 */
const steps: readonly (string | ((database: Database) => void))[] = [
  `
  CREATE TABLE meta(
    key TEXT PRIMARY KEY,
    value TEXT NOT NULL
  ) STRICT, WITHOUT ROWID;

  -- One small row per session: what a list filters and sorts by, and how far the session is.
  CREATE TABLE session(
    key INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    journal TEXT NOT NULL,
    seq INTEGER NOT NULL,
    items_seq INTEGER NOT NULL,
    updated_at REAL NOT NULL,
    archived INTEGER NOT NULL,
    unsettled INTEGER NOT NULL,
    agent TEXT NOT NULL,
    cwd TEXT NOT NULL,
    phase TEXT NOT NULL,
    folded_title TEXT NOT NULL
  ) STRICT;
  CREATE INDEX session_by_change ON session(updated_at, id);
  CREATE INDEX session_unsettled ON session(key) WHERE unsettled = 1;

  -- Apart from the row above, which every batch rewrites: a head grows with commands and options, and rarely changes.
  CREATE TABLE head(
    session INTEGER PRIMARY KEY,
    body TEXT NOT NULL
  ) STRICT;

  CREATE TABLE envelope(
    id INTEGER PRIMARY KEY,
    session INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    from_seq INTEGER NOT NULL,
    at REAL NOT NULL,
    turn TEXT,
    type TEXT NOT NULL,
    -- CRC-32 of the body: SQLite's own check does not look inside of rows.
    crc INTEGER NOT NULL,
    body TEXT NOT NULL,
    UNIQUE(session, seq)
  ) STRICT;

  CREATE TABLE item(
    session INTEGER NOT NULL,
    item_id TEXT NOT NULL,
    position INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    body TEXT NOT NULL,
    UNIQUE(session, item_id)
  ) STRICT;
  CREATE INDEX item_by_position ON item(session, position);

  CREATE TABLE command(
    id TEXT PRIMARY KEY,
    method TEXT NOT NULL,
    result TEXT,
    at REAL NOT NULL
  ) STRICT;
  CREATE INDEX command_by_time ON command(at);

  CREATE TABLE blob(
    sha256 TEXT PRIMARY KEY,
    size INTEGER NOT NULL,
    bytes BLOB NOT NULL
  ) STRICT;
  CREATE TABLE blob_ref(
    sha256 TEXT NOT NULL,
    session INTEGER NOT NULL,
    PRIMARY KEY(sha256, session)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX blob_ref_by_session ON blob_ref(session);
  `,
  `
  -- The number of the last turn's end, and the one up to which turns are compacted: what lies between waits for it.
  ALTER TABLE session ADD COLUMN settled_seq INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE session ADD COLUMN compacted_seq INTEGER NOT NULL DEFAULT 0;
  UPDATE session SET settled_seq = coalesce((
    SELECT CAST(CASE WHEN json_valid(h.body) THEN json_extract(h.body, '$.lastTurn.seq') END AS INTEGER)
    FROM head h WHERE h.session = session.key), 0);
  CREATE INDEX session_uncompacted ON session(key) WHERE compacted_seq < settled_seq;
  `,
  `
  -- Pinned sessions stand on top of every list, however long ago they changed.
  ALTER TABLE session ADD COLUMN pinned INTEGER NOT NULL DEFAULT 0;
  UPDATE session SET pinned = coalesce((
    SELECT CASE WHEN json_valid(h.body) THEN json_extract(h.body, '$.pinned') END
    FROM head h WHERE h.session = session.key), 0);
  CREATE INDEX session_pinned ON session(updated_at, id) WHERE pinned = 1;
  `,
  `
  -- What needs a person or is at work is found however long ago it was; a list is searched by agent and folder beside the title.
  ALTER TABLE session ADD COLUMN attention TEXT NOT NULL DEFAULT 'none';
  ALTER TABLE session ADD COLUMN folded_about TEXT NOT NULL DEFAULT '';
  UPDATE session SET
    attention = coalesce((
      SELECT CASE WHEN json_valid(h.body) THEN json_extract(h.body, '$.attention') END
      FROM head h WHERE h.session = session.key), 'none'),
    folded_about = lower(agent || char(10) || coalesce((
      SELECT CASE WHEN json_valid(h.body) THEN json_extract(h.body, '$.agent.name') END
      FROM head h WHERE h.session = session.key), '') || char(10) || cwd);
  CREATE INDEX session_attention ON session(updated_at, id) WHERE attention IN ('failed', 'needsYou');
  CREATE INDEX session_active ON session(updated_at, id) WHERE phase IN ('opening', 'running', 'waiting');
  `,
  `
  -- Sessions that are being taken in: what they have stands in the other tables, and nobody sees it before their row is there.
  CREATE TABLE importing(session INTEGER PRIMARY KEY) STRICT;
  `,
  foldAbout,
  `
  -- What is left of sessions that were deleted is seen by nobody either.
  ALTER TABLE importing RENAME TO unseen;
  `,
  `
  -- What failed is found however long ago it was, also once it was read.
  ALTER TABLE session ADD COLUMN failed INTEGER NOT NULL DEFAULT 0;
  UPDATE session SET failed = coalesce((
    SELECT CASE WHEN json_valid(h.body) THEN
      json_extract(h.body, '$.attention') = 'failed'
      OR (json_extract(h.body, '$.turn') IS NULL AND (
        json_extract(h.body, '$.lastTurn.outcome') IN ('failed', 'interrupted', 'refused')
        OR (json_extract(h.body, '$.detached.failure') IS NOT NULL
          AND json_extract(h.body, '$.detached.seq') > coalesce(json_extract(h.body, '$.lastTurn.seq'), 0))))
    END
    FROM head h WHERE h.session = session.key), 0);
  CREATE INDEX session_failed ON session(updated_at, id) WHERE failed = 1;
  `,
  `
  -- What is very large stands in parts, beside a row of \`blob\` with its size and no bytes: SQLite reads and writes rows whole.
  CREATE TABLE blob_part(
    id INTEGER PRIMARY KEY,
    sha256 TEXT NOT NULL,
    part INTEGER NOT NULL,
    bytes BLOB NOT NULL,
    UNIQUE(sha256, part)
  ) STRICT;
  `,
];

/** Rows that are folded in one transaction. */
const FOLDED_AT_ONCE = 500;

/**
 * What a list is searched by is compared in small letters of all scripts, and SQLite knows those of ASCII alone. Leaves alone what has
 * no other letters, so that it may run again.
 */
function foldAbout(database: Database): void {
  const foreign = database.prepare<{ readonly key: number; readonly folded_about: string }>(
    `SELECT key, folded_about FROM session
     WHERE key > ? AND octet_length(folded_about) > length(folded_about) ORDER BY key LIMIT ?`,
  );
  const write = database.prepare('UPDATE session SET folded_about = ? WHERE key = ?');
  for (let last = 0; ;) {
    const rows = foreign.all(last, FOLDED_AT_ONCE);
    database.transaction({ durable: false }, () => {
      for (const { key, folded_about: about } of rows) {
        const folded = about.toLowerCase();
        if (folded !== about) write.run(folded, key);
      }
    });
    last = rows.at(-1)?.key ?? last;
    if (rows.length < FOLDED_AT_ONCE) return;
  }
}

/** The version this build writes, and the newest it opens. */
export const JOURNAL_VERSION = steps.length;

/** The version a journal is at; 0 for an empty file. */
export function versionOf(database: Database): number {
  return database.prepare<{ user_version: number }>('PRAGMA user_version').get()?.user_version ?? 0;
}

/** Brings a journal to this build's version, each step whole, or not at all, or again (J8). */
export function migrate(database: Database): void {
  for (let version = versionOf(database); version < JOURNAL_VERSION; version++) {
    const step = steps[version] ?? '';
    if (typeof step === 'function') step(database);
    database.transaction({ durable: true }, () => {
      if (typeof step === 'string') database.execute(step);
      database.execute(`PRAGMA user_version = ${version + 1}`);
    });
  }
}

/** Throws `journalNewer` for a journal that only a newer build can read. */
export function refuseNewer(file: string, version: number): void {
  if (version <= JOURNAL_VERSION) return;
  throw new HoldfastError(
    'journalNewer',
    `the journal ${file} was written by a newer Holdfast (journal version ${version}, this build reads up to ` +
      `${JOURNAL_VERSION}). It was left as it is; update Holdfast, or use another data directory (HOLDFAST_HOME)`,
    { path: file, version, supported: JOURNAL_VERSION },
  );
}
