import { randomUUID } from 'node:crypto';
import {
  closeSync,
  fsyncSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { errorText } from '../base/errorText.ts';
import { HoldfastError } from '../protocol/errors.ts';
import { issueText } from '../protocol/parseParams.ts';
import { MOST_RULES, rulesFileSchema, type Rule } from '../protocol/permission.ts';

/** A file larger than that is no file of rules. */
const MOST_BYTES = 4 * 1024 * 1024;

/** The stored rules, or why they cannot be read. */
export interface StoredRules {
  readonly rules: readonly Rule[];
  /** Names the file and what is wrong with it. While there is one, nothing is allowed without a person. */
  readonly problem?: string | undefined;
}

/**
 * Permission rules for workspaces and for always, in one file that a person may edit: read again when it has changed,
 * replaced whole when a rule is saved, and never written over while it cannot be read. Without a file it lives in memory.
 * Owned by the runtime.
 */
export class RuleStore {
  readonly #file: string | undefined;
  #known: { readonly stamp: string; readonly stored: StoredRules } = { stamp: '', stored: { rules: [] } };

  constructor(file?: string) {
    this.#file = file;
  }

  read(): StoredRules {
    if (this.#file === undefined) return this.#known.stored;
    const stamp = stampOf(this.#file);
    if (stamp !== this.#known.stamp) this.#known = { stamp, stored: readRules(this.#file) };
    return this.#known.stored;
  }

  /** Throws `rulesUnreadable`, naming the file, when it cannot be read or written, or is full. */
  add(rule: Rule): void {
    const rules = this.#readable();
    if (rules.length >= MOST_RULES)
      throw new HoldfastError(
        'rulesUnreadable',
        `there are ${rules.length} permission rules already; revoke some`,
      );
    this.#write([...rules, rule]);
  }

  /** The rule that was taken away, if there was one. Throws `rulesUnreadable`. */
  remove(ruleId: string): Rule | undefined {
    const rules = this.#readable();
    const found = rules.find((rule) => rule.ruleId === ruleId);
    if (found !== undefined) this.#write(rules.filter((rule) => rule !== found));
    return found;
  }

  #readable(): readonly Rule[] {
    const { rules, problem } = this.read();
    if (problem !== undefined) throw new HoldfastError('rulesUnreadable', problem);
    return rules;
  }

  #write(rules: readonly Rule[]): void {
    const file = this.#file;
    if (file === undefined) return void (this.#known = { stamp: '', stored: { rules } });
    const temporary = `${file}.${randomUUID()}.tmp`;
    try {
      const handle = openSync(temporary, 'wx', 0o600);
      try {
        writeSync(handle, `${JSON.stringify({ rules }, undefined, 2)}\n`);
        fsyncSync(handle);
      } finally {
        closeSync(handle);
      }
      renameSync(temporary, file);
    } catch (error) {
      rmSync(temporary, { force: true });
      throw new HoldfastError(
        'rulesUnreadable',
        `the permission rules cannot be saved in ${file}: ${errorText(error)}`,
      );
    }
    this.#known = { stamp: stampOf(file), stored: { rules } };
  }
}

function stampOf(file: string): string {
  const seen = statSync(file, { throwIfNoEntry: false, bigint: true });
  return seen === undefined ? 'none' : `${seen.ino} ${seen.size} ${seen.mtimeNs}`;
}

function readRules(file: string): StoredRules {
  const broken = (why: string): StoredRules => ({
    rules: [],
    problem: `the permission rules in ${file} cannot be read: ${why}; repair the file or move it away`,
  });
  try {
    const seen = statSync(file, { throwIfNoEntry: false });
    if (seen === undefined) return { rules: [] };
    if (seen.size > MOST_BYTES) return broken('it is too large');
    const parsed = rulesFileSchema.safeParse(JSON.parse(readFileSync(file, 'utf8')));
    return parsed.success ? parsed.data : broken(issueText(parsed.error, 'it'));
  } catch (error) {
    return broken(errorText(error));
  }
}
