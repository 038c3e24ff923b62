import { writeRemote, removeRemote } from '../../client/writeRemotes.ts';
import { readRemotes, resolveRemote } from '../../client/remote.ts';
import { errorText } from '../../base/errorText.ts';
import {
  exitCodes,
  positional,
  text,
  usageError,
  type Command,
  type ExitCode,
  type Invocation,
} from '../command.ts';
import { plain } from '../render.ts';
import { table } from '../table.ts';
import { runVerb, type Verbs } from '../verbs.ts';

/** How long a host may take to say that it is there, in milliseconds. */
const PATIENCE_MS = 5_000;

const verbs: Verbs = {
  ls: { words: 1, run: list },
  add: { words: 3, run: add },
  rm: { words: 2, run: remove },
};

/** `holdfast remotes`: the runtimes on other machines that `--remote` names. */
export const remotes: Command = {
  name: 'remotes',
  usage: '[ls | add NAME URL | rm NAME] [--token-file FILE] [--ca FILE] [--json]',
  summary: 'list the runtimes on other machines, add one and remove one',
  details: [
    'ls (the default) asks each whether it can be reached. add takes wss://host:port, or the path of a forwarded socket, and writes',
    'remotes.json in the data directory, which the editor reads too. The token is taken from --token-file, which stays where it is,',
    'else from HOLDFAST_TOKEN, else from stdin: a terminal is asked, and does not show it. It is then kept in a file of its own that',
    'nobody else can read. A name that there is already is defined anew.',
  ].join('\n'),
  options: {
    'token-file': { type: 'string', describe: 'with add: a file with the token and nothing else' },
    ca: {
      type: 'string',
      describe: 'with add: the certificate, PEM, of a host that no authority vouches for',
    },
    json: { type: 'boolean', describe: 'one JSON object a line' },
  },
  run: (invocation) => runVerb(verbs, invocation),
};

interface Listed {
  readonly name: string;
  readonly url: string;
  readonly state: 'ok' | 'wrong';
  readonly text: string;
}

async function list(invocation: Invocation): Promise<ExitCode> {
  const { home, terminal, values } = invocation;
  const { remotes: known, problems } = readRemotes(home);
  const rows = await Promise.all(
    Object.entries(known).map(async ([name, { url }]): Promise<Listed> => {
      try {
        const signal = AbortSignal.timeout(PATIENCE_MS);
        await invocation.connect({ remote: name, signal });
        return { name, url, state: 'ok', text: 'reachable' };
      } catch (error) {
        return { name, url, state: 'wrong', text: errorText(error) };
      }
    }),
  );
  if (values['json'] === true) for (const row of rows) terminal.json(row);
  else if (rows.length === 0 && problems.length === 0) terminal.note('no remotes\n');
  else {
    const columns = [
      { title: 'NAME', value: ({ name }: Listed) => plain(name) },
      { title: 'ADDRESS', value: ({ url }: Listed) => plain(url) },
      { title: 'STATE', value: (row: Listed) => plain(row.text), shrinks: true },
    ];
    for (const line of table(columns, rows, terminal.columns)) terminal.line(line);
  }
  for (const { name, problem } of problems)
    terminal.note(terminal.noteColor.yellow(`${plain(name)}: ${plain(problem)}\n`));
  return problems.length > 0 || rows.some(({ state }) => state === 'wrong') ? exitCodes.failed : exitCodes.ok;
}

async function add(invocation: Invocation): Promise<ExitCode> {
  const { home, terminal, values } = invocation;
  const name = positional(invocation, 1, 'NAME');
  const url = positional(invocation, 2, 'URL');
  // It is the name of a file too, on every system.
  if (!/^[\p{L}\p{N}][\p{L}\p{N}._-]{0,63}$/u.test(name))
    throw usageError(`a remote's name has letters, digits, dots and dashes alone: "${name}"`);
  const tokenFile = text(values, 'token-file');
  const token = tokenFile === undefined ? await askToken(invocation) : undefined;
  const remote = { url, tokenFile, ca: text(values, 'ca') };
  // Says what is wrong with it before anything is written.
  resolveRemote({ ...remote, ...(token !== undefined && { token }) }, { home: process.cwd(), name });
  const file = writeRemote(home, name, { ...remote, token }, process.cwd());
  terminal.note(`${plain(name)} stands in ${file}\n`);
  return exitCodes.ok;
}

async function askToken({ terminal }: Invocation): Promise<string> {
  const given = process.env['HOLDFAST_TOKEN'];
  if (given) return given;
  const asked = await terminal.secret('  token: ');
  if (asked === undefined || asked.trim() === '')
    throw usageError('the token is missing', 'Give it with --token-file, in HOLDFAST_TOKEN or on stdin.');
  return asked.trim();
}

async function remove(invocation: Invocation): Promise<ExitCode> {
  const { home, terminal } = invocation;
  const name = positional(invocation, 1, 'NAME');
  if (!removeRemote(home, name)) {
    const known = Object.keys(readRemotes(home).remotes).join(', ');
    throw usageError(`there is no remote "${name}"${known === '' ? '' : `; there are ${known}`}`);
  }
  terminal.note('removed; its sessions go on over there\n');
  return exitCodes.ok;
}
