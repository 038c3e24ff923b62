import { parseArgs } from 'node:util';
import { errorText } from '../base/errorText.ts';
import { connect, type Connection, type ConnectOptions } from '../client/connect.ts';
import { resolveHome } from '../client/home.ts';
import { isHoldfastError } from '../protocol/errors.ts';
import { CommandError, exitCodes, text, usageError, type Command, type ExitCode } from './command.ts';
import { agents } from './commands/agents.ts';
import { answer } from './commands/answer.ts';
import { artifacts } from './commands/artifacts.ts';
import { attach } from './commands/attach.ts';
import { cancel } from './commands/cancel.ts';
import { command } from './commands/command.ts';
import { completion } from './commands/completion.ts';
import { doctor } from './commands/doctor.ts';
import { end, rm } from './commands/forced.ts';
import { fork } from './commands/fork.ts';
import { exportSession } from './commands/exportSession.ts';
import { importSession } from './commands/importSession.ts';
import { ls } from './commands/ls.ts';
import { newSession } from './commands/new.ts';
import { prompt } from './commands/prompt.ts';
import { queue } from './commands/queue.ts';
import { prune } from './commands/prune.ts';
import { remotes } from './commands/remotes.ts';
import { rules } from './commands/rules.ts';
import { run } from './commands/run.ts';
import { runtime } from './commands/runtime.ts';
import { search } from './commands/search.ts';
import { show } from './commands/show.ts';
import { commandHelp, globalOptions, programHelp } from './help.ts';
import { plain } from './render.ts';
import type { Terminal } from './terminal.ts';

/** Every command, in the order of the help. */
export const commands: readonly Command[] = [
  run,
  newSession,
  ls,
  show,
  prompt,
  command,
  attach,
  answer,
  queue,
  cancel,
  fork,
  end,
  rm,
  prune,
  rules,
  search,
  exportSession,
  importSession,
  artifacts,
  agents,
  remotes,
  runtime,
  doctor,
  completion(() => commands),
];

/** What the program runs with; handed in by tests. */
export interface ProgramOptions {
  readonly terminal: Terminal;
  readonly version: string;
  readonly connect?: ((options: ConnectOptions) => Promise<Connection>) | undefined;
}

/** Runs one command line. Never throws: what goes wrong is one line on stderr and an exit code. */
export async function runProgram(argv: readonly string[], options: ProgramOptions): Promise<ExitCode> {
  const { terminal } = options;
  try {
    return await dispatch(argv, options);
  } catch (error) {
    const { noteColor } = terminal;
    terminal.note(`${noteColor.red('holdfast:')} ${message(error)}\n`);
    if (error instanceof CommandError) {
      if (error.hint !== undefined) terminal.note(`${error.hint}\n`);
      return error.exitCode;
    }
    return isHoldfastError(error, 'invalidParams') || isHoldfastError(error, 'hostAssignsIds')
      ? exitCodes.usage
      : exitCodes.failed;
  }
}

async function dispatch(argv: readonly string[], options: ProgramOptions): Promise<ExitCode> {
  const { terminal } = options;
  const { name, rest } = split(argv);
  const chosen = commands.find((each) => each.name === name);
  if (chosen === undefined) return withoutCommand(name, argv, options);
  const { values, positionals } = parse(chosen, rest);
  if (values['help'] === true) {
    terminal.line(commandHelp(chosen));
    return exitCodes.ok;
  }
  if (values['version'] === true) {
    terminal.line(options.version);
    return exitCodes.ok;
  }
  const home = resolveHome({ home: text(values, 'home') });
  const connections: Connection[] = [];
  // Nothing else may keep the process alive while it waits for a connection.
  const alive = setInterval(() => {}, 60_000);
  try {
    return await chosen.run({
      values,
      positionals,
      terminal,
      home,
      remote: text(values, 'remote'),
      async connect({ mayLaunch = true, remote = text(values, 'remote'), signal } = {}) {
        const log: ConnectOptions['log'] = (line, level = 'warning') => {
          if (level === 'warning') terminal.note(`${terminal.noteColor.dim(`holdfast: ${plain(line)}`)}\n`);
        };
        const connection = await (options.connect ?? connect)({
          home,
          mayLaunch,
          ...(remote && { remote }),
          ...(signal && { signal }),
          kind: 'cli',
          clientName: 'terminal',
          log,
        });
        connections.push(connection);
        return connection;
      },
    });
  } finally {
    clearInterval(alive);
    for (const connection of connections) connection.dispose();
  }
}

function withoutCommand(
  name: string | undefined,
  argv: readonly string[],
  { terminal, version }: ProgramOptions,
): ExitCode {
  if (name === undefined && argv.some((word) => word === '--version' || word === '-v')) {
    terminal.line(version);
    return exitCodes.ok;
  }
  const asked = name === 'help' || argv.some((word) => word === '--help' || word === '-h');
  if (asked) {
    terminal.line(programHelp(commands));
    return exitCodes.ok;
  }
  if (name === undefined) throw usageError('which command?', programHelp(commands));
  throw usageError(`there is no command "${name}"`, 'holdfast --help shows the commands there are.');
}

/** The command's name, and everything else; `--home` and `--remote` may stand before it. */
function split(argv: readonly string[]): { readonly name: string | undefined; readonly rest: string[] } {
  let index = 0;
  while (index < argv.length && argv[index]?.startsWith('-')) {
    index += argv[index] === '--home' || argv[index] === '--remote' ? 2 : 1;
  }
  return { name: argv[index], rest: [...argv.slice(0, index), ...argv.slice(index + 1)] };
}

function parse(chosen: Command, args: string[]) {
  try {
    return parseArgs({
      args: args.map((word, index) => (isBare(chosen, word, args[index + 1]) ? `${word}=` : word)),
      options: { ...chosen.options, ...globalOptions },
      allowPositionals: true,
      strict: true,
    });
  } catch (error) {
    throw usageError(
      errorText(error).replace(/\. To specify a positional.*$/s, ''),
      `usage: holdfast ${chosen.name} ${chosen.usage}`,
    );
  }
}

/** Whether an option stands without the value that it may have. */
function isBare({ options }: Command, word: string, next: string | undefined): boolean {
  const option = word.startsWith('--') ? options[word.slice(2)] : undefined;
  return option?.bare === true && (next === undefined || next.startsWith('-'));
}

function message(error: unknown): string {
  const words = errorText(error);
  // A runtime that could not start explains itself in several lines.
  return isHoldfastError(error, 'runtimeUnreachable') ? words : plain(words);
}
