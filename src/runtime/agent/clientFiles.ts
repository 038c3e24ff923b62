import { constants } from 'node:fs';
import { mkdir, open, realpath } from 'node:fs/promises';
import path from 'node:path';
import { RequestError } from '@agentclientprotocol/sdk';
import type { Interaction, Settlement } from '../../protocol/interaction.ts';
import { DanglingLink, isInside, isMissing, realPathOf } from '../documents/realPath.ts';
import { numberOf, textOf, type Loose } from './loose.ts';

/** Where texts are read and written; paths are real ones inside the session's roots. The disk, or what knows unsaved text. */
export interface TextFiles {
  read(file: string): Promise<string>;
  /** Rejects with words that the agent is told. What only a person can decide is asked with `ask`. */
  write(file: string, text: string, ask: Ask): Promise<void>;
}

/** Puts something to the person; resolves when it is settled, in whatever way. */
export type Ask = (interaction: Interaction) => Promise<Settlement>;

/** A file larger than this is not handed to an agent as one text. */
const MOST_BYTES = 32 * 1024 * 1024;

/**
 * The files that an agent reads and writes through us (A5): confined to the session's directories, with symbolic links
 * resolved, so that neither `..` nor a link leads out of them (S3).
 */
export class ClientFiles {
  readonly #roots: readonly string[];
  readonly #files: TextFiles;

  constructor(roots: readonly string[], files: TextFiles = diskFiles) {
    this.#roots = roots;
    this.#files = files;
  }

  /** Answers `fs/read_text_file`: the whole text, or `limit` lines from `line`, which counts from 1. */
  async read(params: Loose): Promise<{ readonly content: string }> {
    const text = await this.#files.read(await this.#resolve(params['path']));
    const { line, limit } = { line: numberOf(params['line']) ?? 1, limit: numberOf(params['limit']) };
    if (line <= 1 && limit === undefined) return { content: text };
    const from = Math.max(0, line - 1);
    const lines = text.split(/(?<=\n)/u);
    return { content: lines.slice(from, limit === undefined ? undefined : from + limit).join('') };
  }

  /** Answers `fs/write_text_file`: makes the file, and the directories it is in, where they are missing. */
  async write(params: Loose, ask: Ask): Promise<Record<string, never>> {
    const content = textOf(params['content']);
    if (content === undefined) throw RequestError.invalidParams(undefined, 'content must be a text');
    await this.#files.write(await this.#resolve(params['path']), content, ask);
    return {};
  }

  async #resolve(given: unknown): Promise<string> {
    const file = textOf(given);
    if (file === undefined || !path.isAbsolute(file) || file.includes('\0'))
      throw RequestError.invalidParams(undefined, 'path must be an absolute path');
    const real = await realPathOf(path.resolve(file)).catch((error: unknown) => {
      throw error instanceof DanglingLink ? RequestError.invalidParams(undefined, error.message) : error;
    });
    for (const root of this.#roots) if (isInside(await realpath(root).catch(() => root), real)) return real;
    throw RequestError.invalidParams(undefined, `${file} is outside of this session's directories`);
  }
}

/** Links are not followed any more: what was resolved is what is opened. A pipe is never waited for. */
const LEAF = (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);

/** The files as they are on the disk. */
export const diskFiles: TextFiles = {
  async read(file) {
    const handle = await open(file, constants.O_RDONLY | LEAF).catch((error: unknown) => {
      throw isMissing(error) ? RequestError.resourceNotFound(file) : error;
    });
    try {
      const stat = await handle.stat();
      if (!stat.isFile()) throw RequestError.invalidParams(undefined, `${file} is not a file`);
      if (stat.size > MOST_BYTES)
        throw RequestError.invalidParams(undefined, `${file} is too large to be read as one text`);
      return await handle.readFile('utf8');
    } finally {
      await handle.close();
    }
  },
  async write(file, text) {
    await mkdir(path.dirname(file), { recursive: true });
    const handle = await open(file, constants.O_WRONLY | constants.O_CREAT | LEAF, 0o666);
    try {
      if (!(await handle.stat()).isFile())
        throw RequestError.invalidParams(undefined, `${file} is not a file`);
      await handle.truncate(0);
      await handle.writeFile(text);
    } finally {
      await handle.close();
    }
  },
};
