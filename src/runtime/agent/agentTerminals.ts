import { createHash } from 'node:crypto';
import type { AgentEvent } from './agent.ts';
import { BoundedMap } from './boundedMap.ts';
import { loose, numberOf, textOf, type Loose } from './loose.ts';
import { ShownTerminals } from './shownTerminals.ts';

/** How much of a terminal's output was shown, and what it was. */
interface Told {
  bytes: number;
  readonly hash: ReturnType<typeof createHash>;
}

/** Terminals whose output is followed. */
const MOST_TOLD = 500;

/**
 * The terminals of an agent that speaks ACP v2, which owns them: told of by upserts and by chunks of output
 * (https://agentclientprotocol.com/protocol/v2/terminals).
 */
export class AgentTerminals {
  readonly #cwd: string;
  readonly #shown: ShownTerminals;
  /** Of those that run. */
  readonly #told = new BoundedMap<string, Told>(MOST_TOLD);

  constructor(emit: (event: AgentEvent) => void, cwd: string) {
    this.#cwd = cwd;
    this.#shown = new ShownTerminals(emit);
  }

  /** Takes a `terminal_update`. */
  update(update: Loose): void {
    const id = textOf(update['terminalId']);
    if (id === undefined) return;
    this.#open(id, update);
    const snapshot = textOf(loose(update['output'])['data']);
    if (snapshot !== undefined) this.#snapshot(id, Buffer.from(snapshot, 'base64'));
    if (typeof update['exitStatus'] !== 'object' || update['exitStatus'] === null) return;
    const { exitCode, signal } = loose(update['exitStatus']);
    this.#shown.end(id, { exitCode: numberOf(exitCode), signal: textOf(signal) });
    this.#told.delete(id);
  }

  /** Takes a `terminal_output_chunk`. */
  chunk(update: Loose): void {
    const [id, data] = [textOf(update['terminalId']), textOf(update['data'])];
    if (id === undefined || data === undefined) return;
    this.#open(id, {});
    this.#push(id, Buffer.from(data, 'base64'));
  }

  /** A part of a tool call's content, with our id of the terminal that it refers to; it may be told of later. */
  renamed(part: unknown): unknown {
    const { type, terminalId } = loose(part);
    if (type === 'terminal' && typeof terminalId === 'string') this.#shown.reserve(terminalId);
    return this.#shown.renamed(part);
  }

  dispose(): void {
    this.#shown.dispose();
  }

  #open(id: string, { command, cwd }: Loose): void {
    if (this.#told.has(id) || this.#shown.isKnown(id)) return;
    this.#told.set(id, { bytes: 0, hash: createHash('sha256') });
    this.#shown.open(id, { command: textOf(command) ?? 'Terminal', cwd: textOf(cwd) ?? this.#cwd });
  }

  /** The whole output so far: what goes beyond what was shown is added. One that is another output follows on a new line. */
  #snapshot(id: string, whole: Buffer): void {
    const told = this.#told.get(id);
    if (told === undefined) return;
    const before = whole.subarray(0, told.bytes);
    const goesOn =
      before.length === told.bytes &&
      createHash('sha256').update(before).digest('hex') === told.hash.copy().digest('hex');
    this.#push(id, goesOn ? whole.subarray(told.bytes) : Buffer.concat([Buffer.from('\n'), whole]));
    if (goesOn) return;
    this.#told.set(id, { bytes: whole.length, hash: createHash('sha256').update(whole) });
  }

  #push(id: string, bytes: Buffer): void {
    const told = this.#told.get(id);
    if (told === undefined || bytes.length === 0) return;
    told.bytes += bytes.length;
    told.hash.update(bytes);
    this.#shown.push(id, bytes);
  }
}
