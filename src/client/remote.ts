import { readFileSync } from 'node:fs';
import path from 'node:path';
import { errorText } from '../base/errorText.ts';
import { HoldfastError } from '../protocol/errors.ts';
import { homeLayout } from '../protocol/homeLayout.ts';
import { issueText } from '../protocol/parseParams.ts';
import { remoteSchema, remotesFileSchema } from '../protocol/remotes.ts';

/** A runtime on another machine, or behind a forwarded socket. */
export interface Remote {
  /** `wss://host:port`, `ws://host:port`, or the absolute path of a socket that is forwarded to the runtime's own. */
  readonly url: string;
  /** What the runtime asks for; else the one in `tokenFile`, else `HOLDFAST_TOKEN`. It goes in a header and nowhere else. */
  readonly token?: string | undefined;
  /** A file with the token and nothing else. */
  readonly tokenFile?: string | undefined;
  /** A file with the certificate, PEM, by which a `wss` host is known that no public authority vouches for. */
  readonly ca?: string | undefined;
}

/** A remote that can be connected to. */
export interface ResolvedRemote {
  /** For people: its name in `remotes.json`, else its address. */
  readonly name: string;
  /** `ws:` or `wss:`, or `undefined` for a forwarded socket. */
  readonly url?: URL | undefined;
  /** The certificate's file, absolute. */
  readonly caFile?: string | undefined;
  /** A forwarded socket's path. */
  readonly socket?: string | undefined;
  readonly token: string;
  readonly ca?: string | undefined;
}

/** Remotes by name, and what is wrong with those that cannot be used. */
export interface Remotes {
  readonly remotes: Readonly<Record<string, Remote>>;
  readonly problems: readonly { readonly name: string; readonly problem: string }[];
}

/** The file of a data directory that names remotes: `{"remotes": {"NAME": {"url", "token" | "tokenFile", "ca"}}}`. */
export const remotesFile = (home: string): string => path.join(home, homeLayout.remotes);

/** Reads a data directory's remotes. A broken entry is named, and the others still work; without the file there are none. */
export function readRemotes(home: string): Remotes {
  const file = remotesFile(home);
  const broken = (problem: string): Remotes => ({
    remotes: {},
    problems: [{ name: 'remotes.json', problem }],
  });
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    // What is wrong with a data directory that is none is told elsewhere.
    const missing = code === 'ENOENT' || code === 'ENOTDIR';
    return missing ? { remotes: {}, problems: [] } : broken(errorText(error));
  }
  let value: unknown;
  try {
    value = JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch (error) {
    return broken(`${file} is not JSON: ${errorText(error)}`);
  }
  const entries = remotesFileSchema.safeParse(value);
  if (!entries.success) return broken(`${file}: ${issueText(entries.error, 'it')}`);
  const remotes: Record<string, Remote> = {};
  const problems: { name: string; problem: string }[] = [];
  for (const [name, entry] of Object.entries(entries.data.remotes)) {
    const read = remoteSchema.safeParse(entry);
    if (read.success) remotes[name] = read.data;
    else problems.push({ name, problem: `${file}: ${issueText(read.error, 'it')}` });
  }
  return { remotes, problems };
}

/**
 * What a remote that was given by name, by address or as a whole means, with its token. Throws `invalidParams`, naming what is
 * wrong and where it can be put right.
 */
export function resolveRemote(
  given: string | Remote,
  {
    home,
    env = process.env,
    name: calls,
  }: {
    readonly home: string;
    readonly env?: NodeJS.ProcessEnv | undefined;
    /** What people call it, where it is given as a whole. */
    readonly name?: string | undefined;
  },
): ResolvedRemote {
  const isName = typeof given === 'string' && !given.includes('://') && !path.isAbsolute(given);
  const remote = isName ? byName(given, home) : typeof given === 'string' ? { url: given } : given;
  const name = isName ? given : (calls ?? remote.url);
  const token = remote.token ?? fromFile(remote.tokenFile, name, home) ?? env['HOLDFAST_TOKEN'];
  const place = placeOf(remote.url, name);
  if (token === undefined || token === '') {
    throw wrong(name, `has no token: give one in ${remotesFile(home)}, or in HOLDFAST_TOKEN`);
  }
  const ca = remote.ca === undefined ? undefined : read(remote.ca, name, home);
  return {
    name,
    token,
    ...place,
    ...(ca !== undefined && { ca }),
    ...(remote.ca && { caFile: path.resolve(home, remote.ca) }),
  };
}

function byName(name: string, home: string): Remote {
  const { remotes, problems } = readRemotes(home);
  const remote = Object.hasOwn(remotes, name) ? remotes[name] : undefined;
  if (remote !== undefined) return remote;
  const problem = problems.find((each) => each.name === name || each.name === 'remotes.json');
  if (problem !== undefined) throw wrong(name, `cannot be used: ${problem.problem}`);
  const known = Object.keys(remotes).join(', ');
  throw wrong(name, `is not in ${remotesFile(home)}${known === '' ? '' : `, which has ${known}`}`);
}

/** Where an address leads. Throws `invalidParams` for one that no runtime can have, and for one with something secret in it. */
export function placeOf(address: string, name: string): Pick<ResolvedRemote, 'url' | 'socket'> {
  if (path.isAbsolute(address) || address.startsWith('\\\\.\\pipe\\')) return { socket: address };
  const url = URL.canParse(address) ? new URL(address) : undefined;
  if (url === undefined || !['ws:', 'wss:'].includes(url.protocol)) {
    throw wrong(
      name,
      `needs an address like wss://host:port, or the absolute path of a socket, not ${address}`,
    );
  }
  if (url.username !== '' || url.password !== '' || url.search !== '') {
    throw wrong(name, 'has something secret in its address; a token belongs in "token" or "tokenFile"');
  }
  return { url };
}

function fromFile(file: string | undefined, name: string, home: string): string | undefined {
  return file === undefined ? undefined : read(file, name, home).trim();
}

/** Paths start at the data directory. */
function read(file: string, name: string, home: string): string {
  try {
    return readFileSync(path.resolve(home, file), 'utf8');
  } catch (error) {
    throw wrong(name, `cannot be used: ${errorText(error)}`);
  }
}

function wrong(name: string, problem: string): HoldfastError {
  return new HoldfastError('invalidParams', `the remote ${name} ${problem}`, { remote: name });
}
