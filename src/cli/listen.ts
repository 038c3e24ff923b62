import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { errorText } from '../base/errorText.ts';
import { homePaths } from '../client/home.ts';
import { isHoldfastError } from '../protocol/errors.ts';
import type { ParamsIn } from '../protocol/methods.ts';
import { CommandError, exitCodes, text, usageError, type ExitCode, type Invocation } from './command.ts';

/** The port when none is told. */
const DEFAULT_PORT = 7455;

/** How often a port that is still held is tried again, and how long is waited in between. */
const TRIES = 20;
const TRY_MS = 250;

/** What `holdfast runtime` may be told about listening. */
export const listenOptions = {
  listen: {
    type: 'string',
    bare: true,
    describe: '[HOST:PORT] take connections on a port until Ctrl-C; default: this machine alone',
  },
  'token-file': {
    type: 'string',
    describe: 'with --listen: where the token stands; made if it is not there',
  },
  'tls-cert': { type: 'string', describe: 'with --listen: the certificate, PEM' },
  'tls-key': { type: 'string', describe: 'with --listen: its key, PEM' },
  'allow-host': {
    type: 'string',
    multiple: true,
    describe: 'with --listen: a name by which clients reach this machine; may be given again',
  },
} as const;

/**
 * `holdfast runtime --listen`: has this machine's runtime take connections on a port for as long as this command runs. When
 * the runtime is replaced, the next one listens in its place.
 */
export async function listen(invocation: Invocation): Promise<ExitCode> {
  const { terminal, values, remote } = invocation;
  if (remote !== undefined) throw usageError('--listen is for this machine; start it over there');
  const params = { ...addressOf(text(values, 'listen') ?? ''), ...tlsOf(invocation), ...namesOf(invocation) };
  const { token, from } = tokenOf(invocation);
  const connection = await invocation.connect();
  const told = new Promise<ExitCode>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve(exitCodes.ok));
  });
  const ask = (): Promise<{ readonly url: string }> =>
    retried(() => connection.request('runtime/listen', { ...params, token }));
  const { url } = await ask();
  if (values['json'] === true)
    terminal.json({ url, ...(from.file !== undefined && { tokenFile: from.file }) });
  else terminal.line(url);
  terminal.note(`The token is ${from.words}. Ctrl-C stops listening; sessions go on.\n`);
  if (params.tls === undefined && !isLoopback(params.host)) {
    terminal.note(
      `${terminal.noteColor.yellow('warning:')} without --tls-cert and --tls-key the token and all sessions can be read on the way\n`,
    );
  }
  const failed = new Promise<never>((_, reject) => {
    const port = Number(new URL(url).port);
    connection.onState((state) => {
      if (state === 'closed') reject(new CommandError('the connection to the runtime is closed'));
      if (state !== 'connected') return;
      connection
        .request('runtime/listen', { ...params, port, token })
        .then(() => terminal.note('listening again\n'), reject);
    });
  });
  return Promise.race([told, failed]);
}

/** A port may still be held by a command that is just going. */
async function retried<T>(ask: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await ask();
    } catch (error) {
      const isHeld = isHoldfastError(error, 'listenFailed') && error.message.includes('EADDRINUSE');
      if (!isHeld || tries === TRIES) throw error;
      await new Promise((resolve) => setTimeout(resolve, TRY_MS));
    }
  }
}

/** `HOST`, `PORT`, `HOST:PORT`, `[ADDRESS]:PORT` or nothing. */
function addressOf(given: string): { readonly host: string; readonly port: number } {
  const [, host, port] = /^(\[[^\]]+\]|[^:]*?)(?::?(\d+))?$/u.exec(given) ?? [];
  if (host === undefined || Number(port ?? 0) > 65_535) {
    throw usageError(`--listen takes HOST:PORT, not "${given}"`);
  }
  return { host: host === '' ? '127.0.0.1' : host, port: port === undefined ? DEFAULT_PORT : Number(port) };
}

function tlsOf({ values }: Invocation): Pick<ParamsIn<'runtime/listen'>, 'tls'> {
  const [cert, key] = [text(values, 'tls-cert'), text(values, 'tls-key')];
  if (cert === undefined && key === undefined) return {};
  if (cert === undefined || key === undefined) throw usageError('--tls-cert and --tls-key go together');
  return { tls: { cert: path.resolve(cert), key: path.resolve(key) } };
}

function namesOf({ values }: Invocation): Pick<ParamsIn<'runtime/listen'>, 'names'> {
  const names = values['allow-host'];
  return { names: Array.isArray(names) ? names.filter((name) => typeof name === 'string') : [] };
}

interface Token {
  readonly token: string;
  readonly from: { readonly words: string; readonly file?: string };
}

function tokenOf({ values, home }: Invocation): Token {
  const named = text(values, 'token-file');
  const given = process.env['HOLDFAST_TOKEN'];
  if (named === undefined && given) return { token: given, from: { words: 'the one in HOLDFAST_TOKEN' } };
  const file = path.resolve(named ?? path.join(homePaths(home).runtimeFolder, 'listen-token'));
  const from = { words: `in ${file}`, file };
  try {
    return { token: readFileSync(file, 'utf8').trim(), from };
  } catch (error) {
    const missing = error instanceof Error && 'code' in error && error.code === 'ENOENT';
    if (!missing) throw new CommandError(`the token cannot be read: ${errorText(error)}`);
  }
  const token = randomBytes(32).toString('hex');
  mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 });
  writeFileSync(file, `${token}\n`, { mode: 0o600, flag: 'wx' });
  return { token, from };
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '[::1]' || host.startsWith('127.');
}
