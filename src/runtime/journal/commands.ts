import type { CommandId } from '../../protocol/ids.ts';
import type { Database, Statement } from './database.ts';

/** What is kept of a command, for as long as a client could resend it (law 4, J5). */
export interface KeptCommand {
  readonly method: string;
  readonly result: unknown;
}

/** A command's result on its way into the table, its result as JSON text. */
export interface PendingCommand {
  readonly method: string;
  readonly json: string | null;
  readonly at: number;
}

/** Milliseconds after which no client resends a command. */
const KEPT_MS = 24 * 60 * 60 * 1000;
/** Results that are kept at most, whatever their age. */
const KEPT_COUNT = 100_000;
/** Commands between two prunings. */
const PRUNE_EVERY = 1_000;

/** The table of command results. */
export class Commands {
  readonly #insert: Statement<never>;
  readonly #get: Statement<{ readonly method: string; readonly result: string | null }>;
  readonly #pruneOld: Statement<never>;
  readonly #pruneMany: Statement<never>;
  #untilPruning = 0;

  constructor(database: Database) {
    this.#insert = database.prepare(
      'INSERT OR REPLACE INTO command(id, method, result, at) VALUES (?, ?, ?, ?)',
    );
    this.#get = database.prepare('SELECT method, result FROM command WHERE id = ?');
    this.#pruneOld = database.prepare('DELETE FROM command WHERE at < ?');
    this.#pruneMany = database.prepare(
      `DELETE FROM command WHERE at <= (SELECT at FROM command ORDER BY at DESC LIMIT 1 OFFSET ${KEPT_COUNT})`,
    );
  }

  write(id: CommandId, { method, json, at }: PendingCommand): void {
    this.#insert.run(id, method, json, at);
    if (this.#untilPruning-- > 0) return;
    this.#untilPruning = PRUNE_EVERY;
    this.#pruneOld.run(at - KEPT_MS);
    this.#pruneMany.run();
  }

  /** A damaged result reads as never kept: the command would run again, which its own checks must bear. */
  get(id: CommandId): KeptCommand | undefined {
    const row = this.#get.get(id);
    return row === undefined ? undefined : kept(row.method, row.result);
  }
}

/** A kept command as it is read back: what JSON makes of its result, so that a resend gets the same at any time. */
export function kept(method: string, json: string | null): KeptCommand | undefined {
  try {
    return { method, result: json === null ? undefined : JSON.parse(json) };
  } catch {
    return undefined;
  }
}
