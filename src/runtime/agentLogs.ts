import { mkdirSync } from 'node:fs';
import path from 'node:path';
import type { StderrSink } from './agent/agentChild.ts';
import type { KnownSecrets } from './knownSecrets.ts';
import { lastOf, RotatedFile } from './rotatedFile.ts';

/** Bytes of one generation of an agent's log. */
const MOST_BYTES = 1024 * 1024;

/** Characters of a line that are kept. */
const LONGEST_LINE = 16 * 1024;

/** What is read of an agent's log. */
export interface AgentLog {
  /** The file that is written now; it need not be there. */
  readonly path: string;
  /** The last of it. */
  readonly text: string;
}

/**
 * What agents write to stderr, a bounded file for each (A8): `logs/agents/<id>.log`. No secret of a session gets into it. Owned
 * by the process.
 */
export class AgentLogs {
  readonly #folder: string;
  readonly #secrets: KnownSecrets;
  readonly #now: () => number;
  readonly #files = new Map<string, RotatedFile>();

  /** `folder` is made when something is written. */
  constructor(folder: string, secrets: KnownSecrets, now = Date.now) {
    this.#folder = folder;
    this.#secrets = secrets;
    this.#now = now;
  }

  /** Takes what one process of an agent writes. Lines that come in one piece are written in one go, however many they are (law 7). */
  sink(agent: string): StderrSink {
    let rest = '';
    /** Whether the line is written as far as it will be. */
    let isOver = false;
    const take = (text: string): void => {
      const [first = '', ...others] = text.split('\n');
      const lines = isOver ? others : [first, ...others];
      isOver = false;
      if (lines.length > 0) this.#append(agent, lines.map((line) => this.#bounded(line)).join('\n'));
    };
    return {
      push: (text) => {
        rest += text;
        const end = rest.lastIndexOf('\n');
        if (end !== -1) take(rest.slice(0, end));
        rest = rest.slice(end + 1);
        if (rest.length <= LONGEST_LINE) return;
        if (!isOver) take(rest);
        isOver = true;
        rest = '';
      },
      end: () => {
        if (rest !== '' && !isOver) take(rest);
        rest = '';
      },
    };
  }

  /** The last so many bytes of an agent's log; empty when there is none. */
  read(agent: string, most: number): AgentLog {
    const file = this.#fileOf(agent);
    return { path: file, text: lastOf(file, most) };
  }

  /** As much of a line as is kept. Where it is cut, what may be most of a secret goes too. */
  #bounded(line: string): string {
    if (line.length <= LONGEST_LINE) return line.trimEnd();
    return `${this.#secrets.redact(line.slice(0, LONGEST_LINE), { growing: true })} …`;
  }

  #append(agent: string, lines: string): void {
    const stamp = new Date(this.#now()).toISOString();
    const shown = this.#secrets.redact(lines).replaceAll('\n', `\n${stamp} `);
    this.#open(agent)?.append(`${stamp} ${shown}\n`);
  }

  #open(agent: string): RotatedFile | undefined {
    const known = this.#files.get(agent);
    if (known !== undefined) return known;
    try {
      mkdirSync(this.#folder, { recursive: true, mode: 0o700 });
    } catch {
      // What an agent says beside is no reason not to run it.
      return undefined;
    }
    const file = new RotatedFile(this.#fileOf(agent), MOST_BYTES);
    this.#files.set(agent, file);
    return file;
  }

  /** Ids come from settings: every character that a file's name may not have on some system is written by its number. */
  #fileOf(agent: string): string {
    const name = agent.replaceAll(/[^\w-]/gu, (character) => `%${character.codePointAt(0)?.toString(16)}`);
    return path.join(this.#folder, `${name.slice(0, 150)}.log`);
  }
}
