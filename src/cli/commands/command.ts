import { positional, usageError, type Command } from '../command.ts';
import { sendTurn } from './prompt.ts';

/** `holdfast command`: runs a shell command in a session. */
export const command: Command = {
  name: 'command',
  usage: 'SESSION [--wait] [--json] -- CMD…',
  summary: 'run a shell command as a turn of a session',
  details:
    'One word after -- is a line for the shell; several are quoted one by one. Without --wait the id of the turn is printed.',
  options: {
    wait: { type: 'boolean', describe: 'show the turn until it ends' },
    json: { type: 'boolean', describe: 'with --wait: one envelope a line' },
  },
  async run(invocation) {
    const prefix = positional(invocation, 0, 'SESSION');
    const words = invocation.positionals.slice(1);
    if (words.length === 0) throw usageError('the command is missing', 'holdfast command SESSION -- CMD…');
    return sendTurn(invocation, prefix, (session) => session.command(shellLine(words)));
  },
};

/** A line for the shell that means exactly these words; one word is a line already. */
export function shellLine(words: readonly string[], platform: NodeJS.Platform = process.platform): string {
  const [only] = words;
  if (words.length === 1 && only !== undefined) return only;
  return words.map((word) => quoted(word, platform)).join(' ');
}

function quoted(word: string, platform: NodeJS.Platform): string {
  if (/^[\w@%+=:,./-]+$/.test(word)) return word;
  const escaped = platform === 'win32' ? word.replaceAll("'", "''") : word.replaceAll("'", `'\\''`);
  return `'${escaped}'`;
}
