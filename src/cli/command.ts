import type { ParseArgsConfig } from 'node:util';
import type { Connection } from '../client/connect.ts';
import type { Terminal } from './terminal.ts';

/** What the process's exit code says. */
export const exitCodes = {
  ok: 0,
  /** Something failed: the turn, the request, the runtime. */
  failed: 1,
  /** The command line is wrong, or names something that is not there. */
  usage: 2,
  cancelled: 3,
  /** The session waits for an answer that nobody can give here. */
  waiting: 4,
} as const;
export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

/** Ends a command with a message and an exit code. `hint` is a second line that says what helps. */
export class CommandError extends Error {
  readonly exitCode: ExitCode;
  readonly hint: string | undefined;

  constructor(message: string, options: { readonly exitCode?: ExitCode; readonly hint?: string } = {}) {
    super(message);
    this.exitCode = options.exitCode ?? exitCodes.failed;
    this.hint = options.hint;
  }
}

/** The command line is wrong. */
export function usageError(message: string, hint?: string): CommandError {
  return new CommandError(message, { exitCode: exitCodes.usage, ...(hint === undefined ? {} : { hint }) });
}

type Options = NonNullable<ParseArgsConfig['options']>;

/** Values of parsed options: what `util.parseArgs` gives for a command's own options. */
export type Values = Readonly<Record<string, string | boolean | (string | boolean)[] | undefined>>;

/** How a command connects. */
export interface ConnectOptions {
  readonly mayLaunch?: boolean | undefined;
  /** A remote's name or address; `null` for the runtime of this machine whatever `--remote` says. */
  readonly remote?: string | null | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** What a command runs with. */
export interface Invocation {
  readonly values: Values;
  readonly positionals: readonly string[];
  readonly terminal: Terminal;
  /**
   * Connects to the runtime, starting one unless told otherwise; or to a remote, which is that of `--remote` unless one is
   * given. Closed when the command ends.
   */
  connect(options?: ConnectOptions): Promise<Connection>;
  /** What `--remote` names. */
  readonly remote?: string | undefined;
  /** The data directory, absolute. */
  readonly home: string;
}

/** One command: its place in the help, its options, and what it does. */
export interface Command {
  readonly name: string;
  /** What follows the name, as the help shows it. */
  readonly usage: string;
  /** One line for the list of commands. */
  readonly summary: string;
  /** Lines below the usage, for what the options do not say. */
  readonly details?: string;
  readonly options: Readonly<
    Record<
      string,
      Options[string] & {
        readonly describe: string;
        /** Whether it may stand without a value, which then is empty. */
        readonly bare?: boolean;
      }
    >
  >;
  run(invocation: Invocation): Promise<ExitCode>;
}

/** A string option, if it was given. */
export function text(values: Values, name: string): string | undefined {
  const value = values[name];
  return typeof value === 'string' ? value : undefined;
}

/** An option that may be given several times. */
export function texts(values: Values, name: string): string[] {
  const value = values[name];
  return Array.isArray(value) ? value.filter((each) => typeof each === 'string') : [];
}

/** A whole number option, if it was given. Throws a usage error for anything else. */
export function wholeNumber(values: Values, name: string): number | undefined {
  const value = text(values, name);
  if (value === undefined) return undefined;
  if (!/^\d+$/.test(value)) throw usageError(`--${name} takes a whole number, not "${value}"`);
  return Number(value);
}

/** The one positional of a command that takes exactly some. Throws a usage error naming the one that misses. */
export function positional(invocation: Invocation, index: number, name: string): string {
  const value = invocation.positionals[index];
  if (value === undefined || value === '') throw usageError(`${name} is missing`);
  return value;
}

/** Throws a usage error when there are more words than a command takes. */
export function noMore(invocation: Invocation, count: number): void {
  const extra = invocation.positionals[count];
  if (extra !== undefined) throw usageError(`"${extra}" is one word too many`);
}
