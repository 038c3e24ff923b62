import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import pc from 'picocolors';

/** What the process's streams can do; handed in by tests. */
export interface TerminalStreams {
  readonly stdin: NodeJS.ReadStream;
  readonly stdout: Pick<NodeJS.WriteStream, 'write' | 'isTTY' | 'columns' | 'once'>;
  readonly stderr: Pick<NodeJS.WriteStream, 'write' | 'isTTY' | 'columns'>;
  readonly env: NodeJS.ProcessEnv;
}

type Colors = ReturnType<typeof pc.createColors>;

/**
 * Where a command writes: results to stdout, everything else to stderr. Colours only for a person at a terminal who did
 * not say `NO_COLOR`.
 */
export class Terminal {
  readonly #streams: TerminalStreams;
  /** Colours for stdout. */
  readonly color: Colors;
  /** Colours for stderr. */
  readonly noteColor: Colors;

  constructor(streams: TerminalStreams = process) {
    this.#streams = streams;
    this.color = pc.createColors(this.#colored(streams.stdout));
    this.noteColor = pc.createColors(this.#colored(streams.stderr));
  }

  /** Whether somebody is there who can answer. */
  get isInteractive(): boolean {
    return this.#streams.stdin.isTTY === true && this.#streams.stderr.isTTY === true;
  }

  /** Whether stdout is a terminal. */
  get isTTY(): boolean {
    return this.#streams.stdout.isTTY === true;
  }

  /** The width of stdout; unbounded when it is not a terminal. */
  get columns(): number {
    return this.isTTY ? (this.#streams.stdout.columns ?? 80) : Infinity;
  }

  /** Writes the content of a file as it is. */
  bytes(content: Uint8Array): void {
    this.#streams.stdout.write(content);
  }

  /** Writes a result as it is. */
  write(text: string): void {
    if (text !== '') this.#streams.stdout.write(text);
  }

  /** Writes a result as it is, and resolves when there is room for more: for long ones. */
  writeAll(text: string): Promise<void> {
    return new Promise((resolve) => {
      if (text === '' || this.#streams.stdout.write(text)) resolve();
      else this.#streams.stdout.once('drain', resolve);
    });
  }

  /** Writes a line of a result. */
  line(text = ''): void {
    this.write(`${text}\n`);
  }

  /** Writes one JSON object as a line. */
  json(value: unknown): void {
    this.line(JSON.stringify(value));
  }

  /** Writes to stderr as it is. */
  note(text: string): void {
    if (text !== '') this.#streams.stderr.write(text);
  }

  /** Reads all of stdin. */
  async readAll(): Promise<string> {
    const chunks: Buffer[] = [];
    for await (const chunk of this.#streams.stdin) chunks.push(Buffer.from(chunk as Buffer));
    return Buffer.concat(chunks).toString('utf8');
  }

  /** Asks a person for a line. `undefined` when the signal is aborted or the input ends. */
  async ask(question: string, signal: AbortSignal): Promise<string | undefined> {
    const { stdin, stderr } = this.#streams;
    const lines = createInterface({ input: stdin, output: stderr as NodeJS.WriteStream });
    // readline takes Ctrl-C for itself; here it means what it means everywhere else.
    lines.on('SIGINT', () => this.#interrupt());
    const ended = new Promise<undefined>((resolve) => lines.once('close', () => resolve(undefined)));
    try {
      return await Promise.race([lines.question(question, { signal }), ended]);
    } catch {
      stderr.write('\n');
      return undefined;
    } finally {
      lines.close();
    }
  }

  /**
   * Asks a person for a line that is not shown while it is typed; Ctrl-C gives the terminal back as it was. What comes through a
   * pipe is read to its end, without a question. `undefined` when the input ends without a line.
   */
  async secret(question: string): Promise<string | undefined> {
    const { stdin, stderr } = this.#streams;
    if (!this.isInteractive) return stdin.isTTY === true ? undefined : this.readAll();
    const unseen = new Writable({ write: (_chunk, _encoding, done) => done() });
    const lines = createInterface({ input: stdin, output: unseen, terminal: true });
    lines.on('SIGINT', () => this.#interrupt());
    const ended = new Promise<undefined>((resolve) => lines.once('close', () => resolve(undefined)));
    stderr.write(question);
    try {
      const given = await Promise.race([lines.question(''), ended]);
      stderr.write('\n');
      return given;
    } finally {
      lines.close();
    }
  }

  /** What Ctrl-C does outside of a question; where that ends the program, the terminal is given back first, on every system. */
  #interrupt(): void {
    if (process.emit('SIGINT', 'SIGINT')) return;
    const { stdin, stderr } = this.#streams;
    stdin.setRawMode?.(false);
    stderr.write('\n');
    process.kill(process.pid, 'SIGINT');
  }

  #colored(stream: Pick<NodeJS.WriteStream, 'isTTY'>): boolean {
    return stream.isTTY === true && !this.#streams.env['NO_COLOR'] && this.#streams.env['TERM'] !== 'dumb';
  }
}
