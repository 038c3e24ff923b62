import type { McpServers } from '../protocol/agentDefinition.ts';

type Variables = Readonly<Record<string, string>>;

/** What a session was given that may hold secrets (C5). */
export interface SecretSources {
  readonly env?: Variables | undefined;
  readonly mcpServers?: McpServers | undefined;
  readonly agent?:
    | {
        readonly env: Variables;
        readonly mcpServers?: McpServers | undefined;
        readonly secretNames?: readonly string[] | undefined;
        /** What it is started with. */
        readonly record?: { readonly args?: readonly string[] | undefined } | undefined;
      }
    | undefined;
  /** Names of variables and headers whose values are secret whatever they look like. */
  readonly secrets?: readonly string[] | undefined;
}

/** Characters of the shortest value that is a secret: a shorter one stands in too many ordinary words. */
export const SHORTEST_SECRET = 4;
/** The same for a value whose name says nothing. */
const SHORTEST_UNNAMED = 8;
/** The same for one line of a secret with several. */
const SHORTEST_LINE = 16;

const SECRET_NAME =
  /key|token|secret|passw|passphrase|.pwd$|auth(?!or)|credential|cookie|private|signature|dsn$|connection[-_]?string/i;
/** Names of places: what they hold is where a secret is, not the secret. */
const PLACE_NAME = /(?:^|[-_])(?:path|dir|directory|file|sock|host|port|home|root)$/i;
const HARMLESS_NAME =
  /^(?:pwd|oldpwd|shell|term|term_program|colorterm|lang|language|lc_\w+|tz|user|username|logname|editor|visual|pager|tmpdir|temp|tmp|display|ci|debug|node_options|xdg_\w+|accept|accept-\w+|content-type|user-agent|mcp-\w+)$|[-_](?:region|version|level|mode|model|locale|flags|options|opts|env|environment|name|email)$/i;
const WORD =
  /^(?:true|false|yes|no|on|off|none|null|undefined|auto|always|never|default|enabled|disabled|required|optional|development|production|testing|staging|verbose|warning|information)$/i;

/**
 * The values that must not be seen outside the runtime's memory. Given by name: all of those. Else what a name such as
 * API_KEY calls a secret, from 4 characters on; and of what the session itself was given also whatever does not look plain
 * (a path, a number, an address without credentials, a word such as `true`), from 8 characters on, unless it stands in one
 * of the session's directories. Passwords inside addresses, tokens behind `Bearer` and the lines of a key count by themselves.
 */
export function secretsOf(sources: SecretSources, directories: readonly string[] = []): ReadonlySet<string> {
  const { env, mcpServers, agent } = sources;
  const secrets = new Set([...(sources.secrets ?? []), ...(agent?.secretNames ?? [])]);
  const found = new Set<string>();
  const add = (values: Variables, unnamed: boolean): void => {
    for (const [name, value] of Object.entries(values)) {
      const chosen = secrets.has(name) || isNamed(name, value);
      if (chosen || (unnamed && isUnnamed(name, value, directories))) addWhole(found, value);
      else addInside(found, value);
    }
  };
  add(agent?.env ?? {}, false);
  addArguments(found, agent?.record?.args ?? []);
  add(env ?? {}, true);
  for (const server of Object.values({ ...agent?.mcpServers, ...mcpServers })) {
    if ('command' in server) {
      add(server.env, true);
      addArguments(found, server.args);
    } else {
      add(server.headers, true);
      addInside(found, server.url);
    }
  }
  return found;
}

/** Whether a name alone calls its value a secret. */
function isNamed(name: string, value: string): boolean {
  return SECRET_NAME.test(name) && !PLACE_NAME.test(name) && !WORD.test(value) && !isAddress(value);
}

function isUnnamed(name: string, value: string, directories: readonly string[]): boolean {
  if (value.length < SHORTEST_UNNAMED || HARMLESS_NAME.test(name) || PLACE_NAME.test(name)) return false;
  return !isPlain(value) && !directories.some((directory) => directory.includes(value));
}

function isPlain(value: string): boolean {
  return (
    WORD.test(value) ||
    /^[-+]?[\d.,:_]+$/.test(value) ||
    /^-/.test(value) ||
    /^[a-z]{2}_[A-Z]{2}(?:\.[\w-]+)?$/.test(value) ||
    /^[^\s@]+@[^\s@]+\.[a-z]+$/i.test(value) ||
    value.split(/[:;](?![\\/])/).every((part) => /^(?:~|\.{0,2}[\\/]|[a-z]:[\\/])/i.test(part)) ||
    isAddress(value)
  );
}

/** An address that carries nothing besides. */
function isAddress(value: string): boolean {
  const url = addressOf(value);
  return url !== undefined && url.username === '' && url.password === '' && url.search === '';
}

function addWhole(found: Set<string>, value: string): void {
  if (value.length < SHORTEST_SECRET) return;
  found.add(value);
  const trimmed = value.trim();
  if (trimmed.length >= SHORTEST_SECRET) found.add(trimmed);
  addInside(found, value);
  const lines = trimmed.split(/\r?\n/);
  if (lines.length < 2) return;
  for (const line of lines) if (line.length >= SHORTEST_LINE && !line.startsWith('-----')) found.add(line);
}

/** What is secret within a value that as a whole may be shown. */
function addInside(found: Set<string>, value: string): void {
  const add = (part: string): void => {
    if (part.length >= SHORTEST_SECRET) found.add(part);
  };
  const scheme = /^(Bearer|Basic|Token|ApiKey)\s+(\S+)$/i.exec(value);
  if (scheme?.[2] !== undefined) {
    add(scheme[2]);
    if (/basic/i.test(scheme[1] ?? '')) {
      const [, ...password] = Buffer.from(scheme[2], 'base64').toString().split(':');
      add(password.join(':'));
    }
  }
  const url = addressOf(value);
  if (url === undefined) return;
  for (const part of [url.password, decoded(url.password)]) add(part);
  if (url.password !== '') add(value);
  for (const [name, given] of url.searchParams) if (isNamed(name, given)) add(given);
}

/** `--token=VALUE`, `--token VALUE`, `TOKEN=VALUE` and `X-Token: VALUE`. */
function addArguments(found: Set<string>, args: readonly string[]): void {
  args.forEach((argument, index) => {
    const given = /^([A-Za-z_][\w-]*)(?:=|:\s*)(.+)$/s.exec(argument);
    if (given?.[1] !== undefined && given[2] !== undefined && isNamed(given[1], given[2]))
      return addWhole(found, given[2]);
    const flag = /^--?([\w-]+)(?:=(.*))?$/s.exec(argument);
    const value = flag?.[2] ?? args[index + 1] ?? '';
    if (flag?.[1] !== undefined && isNamed(flag[1], value) && !value.startsWith('-')) addWhole(found, value);
    else addInside(found, argument);
  });
}

function addressOf(value: string): URL | undefined {
  return /^[a-z][a-z\d+.-]*:\/\//i.test(value) && URL.canParse(value) ? new URL(value) : undefined;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
