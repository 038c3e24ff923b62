import { writeFile } from 'node:fs/promises';
import type { Connection } from '../../client/connect.ts';
import type { SessionId } from '../../protocol/ids.ts';
import type { Result } from '../../protocol/methods.ts';
import {
  exitCodes,
  noMore,
  positional,
  text,
  usageError,
  type Command,
  type Invocation,
} from '../command.ts';
import { plain } from '../render.ts';
import { findSession } from '../sessionPrefix.ts';
import { table } from '../table.ts';

type Artifact = Result<'artifact/list'>['artifacts'][number];

/** `holdfast artifacts`: the files that a session produced. */
export const artifacts: Command = {
  name: 'artifacts',
  usage: 'SESSION [ls | get PATH [--out FILE] | upload PATH URL] [--json]',
  summary: 'list the files that a session produced, get one, or upload it',
  details:
    'A file that is got goes to stdout, or to --out. An upload is a PUT to an http or https address; it fails when it was not taken within a minute.',
  options: {
    out: { type: 'string', short: 'o', describe: 'the file to write' },
    directory: { type: 'string', describe: 'the artifact directory, where several have the same path' },
    method: { type: 'string', describe: 'PUT or POST; default PUT' },
    json: { type: 'boolean', describe: 'one JSON object a line' },
  },
  async run(invocation) {
    const named = positional(invocation, 0, 'SESSION');
    const [, verb = 'ls'] = invocation.positionals;
    const act = { ls: listAll, get, upload }[verb];
    if (act === undefined) throw usageError(`"${verb}" is not one of ls, get and upload`);
    const connection = await invocation.connect();
    await act(invocation, connection, await findSession(connection, named));
    return exitCodes.ok;
  },
};

async function listAll(invocation: Invocation, connection: Connection, sessionId: SessionId): Promise<void> {
  noMore(invocation, 2);
  const { terminal, values } = invocation;
  const found: Artifact[] = [];
  for (let after: number | undefined = 0; after !== undefined;) {
    const page: Result<'artifact/list'> = await connection.request('artifact/list', { sessionId, after });
    found.push(...page.artifacts);
    after = page.next;
  }
  if (values['json'] === true) return found.forEach((artifact) => terminal.json(artifact));
  if (found.length === 0) return terminal.note('this session has no artifacts\n');
  const columns = [
    { title: 'PATH', value: (row: Artifact) => plain(row.path), shrinks: true },
    { title: 'BYTES', value: (row: Artifact) => String(row.bytes) },
    { title: 'DIRECTORY', value: (row: Artifact) => plain(row.directory), shrinks: true },
    { title: '', value: noteOf },
  ];
  for (const line of table(columns, found, terminal.columns)) terminal.line(line);
}

function noteOf({ problem, redacted }: Artifact): string {
  if (problem !== undefined) return 'too large: its content was not kept';
  return redacted === true ? 'secrets were taken out' : '';
}

async function get(invocation: Invocation, connection: Connection, sessionId: SessionId): Promise<void> {
  const path = positional(invocation, 2, 'PATH');
  noMore(invocation, 3);
  const { terminal, values } = invocation;
  const parts: Buffer[] = [];
  let offset = 0;
  for (let size = 1; offset < size;) {
    const directory = text(values, 'directory');
    const part = await connection.request('artifact/read', { sessionId, directory, path, offset });
    const bytes = Buffer.from(part.data, 'base64');
    parts.push(bytes);
    offset += bytes.length;
    size = bytes.length === 0 ? 0 : part.size;
  }
  const whole = Buffer.concat(parts);
  const file = text(values, 'out');
  if (file === undefined) terminal.bytes(whole);
  else await writeFile(file, whole);
}

async function upload(invocation: Invocation, connection: Connection, sessionId: SessionId): Promise<void> {
  const path = positional(invocation, 2, 'PATH');
  const url = positional(invocation, 3, 'URL');
  noMore(invocation, 4);
  const { terminal, values } = invocation;
  const method = text(values, 'method')?.toUpperCase();
  if (method !== undefined && method !== 'PUT' && method !== 'POST')
    throw usageError(`--method takes PUT or POST, not "${method}"`);
  const directory = text(values, 'directory');
  const result = await connection.request('artifact/upload', { sessionId, directory, path, url, method });
  if (values['json'] === true) terminal.json(result);
  else terminal.line(`${plain(result.artifact.path)} was taken with ${result.status}`);
}
