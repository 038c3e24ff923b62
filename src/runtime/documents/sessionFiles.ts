import path from 'node:path';
import { RequestError } from '@agentclientprotocol/sdk';
import type { Clock } from '../../base/clock.ts';
import type { Disposable } from '../../base/disposable.ts';
import type { Interaction } from '../../protocol/interaction.ts';
import { diskFiles, type Ask, type TextFiles } from '../agent/clientFiles.ts';
import type { Documents, HeldRoots } from './documents.ts';
import { askWindow } from './askWindow.ts';

/** A window may take this long to write a document, in milliseconds. */
export const ANSWER_MS = 5000;

/** What the files of all sessions share. */
export interface SharedDocuments {
  readonly documents: Documents;
  readonly clock: Clock;
  readonly answerMs?: number | undefined;
}

/** What a session's files are made of. */
export interface SessionFilesOptions extends SharedDocuments {
  /** The session's directories. */
  readonly roots: readonly string[];
}

const OVERWRITE = 'overwrite';

/**
 * The files of one session as its agent sees them (A5): unsaved text where an editor has some, else what is on the disk.
 * What is open in an editor is written there, as an edit that can be undone. Owned by the session's agent link.
 */
export class SessionFiles implements TextFiles, Disposable {
  readonly #options: SessionFilesOptions;
  readonly #roots: HeldRoots;

  constructor(options: SessionFilesOptions) {
    this.#options = options;
    this.#roots = options.documents.hold(options.roots);
  }

  /** Of an unsaved document that is too large to be followed, what was saved. */
  async read(file: string): Promise<string> {
    await this.#roots.ready;
    const open = await this.#options.documents.find(file);
    const unsaved = open?.document.isDirty === true ? open.document.text : undefined;
    return unsaved ?? diskFiles.read(file);
  }

  /** Writes where the file is open and was changed last; on the disk where no window has it, or none that answers. */
  async write(file: string, text: string, ask: Ask): Promise<void> {
    await this.#roots.ready;
    const { documents, clock, answerMs = ANSWER_MS } = this.#options;
    let retried = false;
    for (let overwrite = false, base: number | undefined; ;) {
      const open = await documents.find(file);
      if (open === undefined) return diskFiles.write(file, text, ask);
      const { document, peer } = open;
      const wasDirty = document.isDirty;
      const params = { uri: document.uri, text, baseVersion: base ?? document.version, overwrite };
      const answer = await askWindow({ peer, params, clock, answerMs });
      switch (answer.outcome) {
        case 'written':
          return;
        case 'closed':
          return diskFiles.write(file, text, ask);
        case 'changed':
          if (retried)
            throw failed(`${file} was not written: it is being changed in ${peer.name} at this moment`);
          retried = true;
          base = answer.version;
          continue;
        case 'dirty':
          await this.#mayOverwrite(file, ask);
          overwrite = true;
          base = answer.version;
          continue;
        case 'failed':
          throw failed(`${file} was not written: ${peer.name} could not: ${answer.reason}`);
        case 'unanswered':
          if (!wasDirty && !document.isDirty) return diskFiles.write(file, text, ask);
          throw failed(
            `${file} was not written: it has unsaved edits in ${peer.name}, which ${answer.reason}; ` +
              'save or discard them there, and try again',
          );
      }
    }
  }

  /** From now on the session's directories are no reason any more to know what is open in them. */
  dispose(): void {
    this.#roots.dispose();
  }

  /** Asks the person; rejects unless they agree. */
  async #mayOverwrite(file: string, ask: Ask): Promise<void> {
    const settlement = await ask(question(file));
    const agreed =
      settlement.outcome === 'answered' &&
      settlement.answer.kind === 'option' &&
      settlement.answer.optionId === OVERWRITE;
    if (agreed) return;
    const why =
      settlement.outcome === 'answered'
        ? 'the person keeps the unsaved edits that are there'
        : `it has unsaved edits in the editor, and nobody said what is to become of them: ${settlement.reason}`;
    throw failed(`${file} was not written: ${why}`);
  }
}

/** Kinds that no rule and no mode knows to choose: only a person gives away what they typed (law 10). */
function question(file: string): Interaction {
  return {
    kind: 'permission',
    title: `Overwrite your unsaved edits in ${path.basename(file)}?`,
    description: `The agent wants to write ${file}, which you have edited and not saved.`,
    options: [
      { optionId: OVERWRITE, name: 'Overwrite my edits', kind: 'overwrite' },
      { optionId: 'keep', name: 'Keep my edits', kind: 'keep' },
    ],
  };
}

function failed(words: string): RequestError {
  return new RequestError(-32603, words);
}
