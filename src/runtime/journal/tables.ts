import { Blobs, type Gone } from './blobs.ts';
import { Commands } from './commands.ts';
import type { Database } from './database.ts';
import { Envelopes } from './envelopes.ts';
import { Heads } from './heads.ts';
import { ItemTable } from './items.ts';
import { Unseen } from './unseen.ts';
import { Weight } from './weight.ts';

/** The tables of a journal, each with its prepared statements. Owned by the journal. */
export class Tables {
  readonly envelopes: Envelopes;
  readonly heads: Heads;
  readonly items: ItemTable;
  readonly commands: Commands;
  readonly blobs: Blobs;
  readonly unseen: Unseen;
  readonly #texts: readonly Weight[];

  constructor(database: Database) {
    this.envelopes = new Envelopes(database);
    this.heads = new Heads(database, this.envelopes);
    this.items = new ItemTable(database);
    this.commands = new Commands(database);
    this.blobs = new Blobs(database);
    this.unseen = new Unseen(database);
    this.#texts = [new Weight(database, 'envelope', 'seq'), new Weight(database, 'item', 'position')];
  }

  /** Takes a session away from everybody, inside a transaction. What it had is still there, for `Removal`. */
  hide(session: number): void {
    this.heads.remove(session);
    this.unseen.begin(session);
  }

  /** Bytes of text and blobs that removing a session would free when others are gone, stretch by stretch. */
  *weigh(session: number, gone: Gone): Iterable<number> {
    yield this.blobs.weigh(session, gone);
    for (const texts of this.#texts) yield* texts.of(session);
  }
}
