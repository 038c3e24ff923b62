import type { Connection } from '../../client/connect.ts';
import { endRuntime } from '../../client/endRuntime.ts';
import { isHoldfastError } from '../../protocol/errors.ts';
import type { Result } from '../../protocol/methods.ts';
import {
  CommandError,
  exitCodes,
  noMore,
  usageError,
  type Command,
  type ExitCode,
  type Invocation,
} from '../command.ts';
import { listen, listenOptions } from '../listen.ts';
import { megabytes, processLines, stopProcess } from '../processes.ts';
import { plain } from '../render.ts';
import { allSessions } from '../sessionPrefix.ts';
import { duration } from '../times.ts';

/** How long a runtime may take to go, once it said that it will. */
const STOP_MS = 15_000;

/** `holdfast runtime`: the process that owns the sessions. */
export const runtime: Command = {
  name: 'runtime',
  usage: '[start | status | stop | stop-process PROCESS] [--force] [--listen [HOST:PORT]] [--json]',
  summary: 'start, stop or look at the process that owns the sessions',
  details: [
    'status (the default) starts nothing: without a runtime it says so and exits 1. stop is refused while something runs,',
    'waits or is queued, unless --force; without a runtime it does nothing and exits 0.',
    '--listen takes connections from other machines, with a token and, outside of this machine, TLS: see the options.',
    'stop-process ends one agent process, named by its pid or its id; its sessions go on with their next prompt.',
  ].join('\n'),
  options: {
    json: { type: 'boolean', describe: 'with start, status and stop-process: one JSON object' },
    force: { type: 'boolean', describe: 'with stop and stop-process: end what runs first' },
    ...listenOptions,
  },
  async run(invocation) {
    const [verb = 'status'] = invocation.positionals;
    noMore(invocation, verb === 'stop-process' ? 2 : 1);
    if (invocation.values['listen'] !== undefined) return listen(invocation);
    if (verb === 'stop' && invocation.remote !== undefined)
      throw usageError(`a remote runtime is stopped on its own machine: ${invocation.remote}`);
    switch (verb) {
      case 'start':
        return status(invocation, await invocation.connect());
      case 'status': {
        const connection = await running(invocation);
        if (connection !== undefined) return status(invocation, connection);
        invocation.terminal.note(`no runtime is running for ${invocation.home}\n`);
        return exitCodes.failed;
      }
      case 'stop':
        return stop(invocation);
      case 'stop-process':
        return stopProcess(invocation, await running(invocation));
      default:
        throw usageError(`"${verb}" is not one of start, status, stop, stop-process`);
    }
  },
};

/** A connection to the runtime that runs; `undefined` when there is none. */
async function running(invocation: Invocation): Promise<Connection | undefined> {
  try {
    return await invocation.connect({ mayLaunch: false });
  } catch (error) {
    if (isHoldfastError(error, 'runtimeUnreachable')) return undefined;
    throw error;
  }
}

async function status({ terminal, values }: Invocation, connection: Connection): Promise<ExitCode> {
  const found = await connection.request('runtime/status', {});
  if (values['json'] === true) {
    terminal.json(found);
    return exitCodes.ok;
  }
  describe(found, (line) => terminal.line(line));
  for (const line of processLines(found.processes, await allSessions(connection))) terminal.line(line);
  return exitCodes.ok;
}

function describe(found: Result<'runtime/status'>, line: (text: string) => void): void {
  const { sessions, protocol } = found;
  line(`process    ${found.pid}, for ${duration(found.uptimeMs)}, ${megabytes(found.rssBytes)}`);
  line(
    `build      ${found.buildId}, protocol ${protocol.min} to ${protocol.max}, Node ${found.node}, SQLite ${found.sqlite}`,
  );
  line(`home       ${found.home}`);
  line(`socket     ${found.socket}`);
  line(`sessions   ${sessions.total}, ${sessions.running} running, ${sessions.waiting} waiting`);
  line(`clients    ${found.clients}`);
}

async function stop(invocation: Invocation): Promise<ExitCode> {
  const { terminal, values, home } = invocation;
  let connection: Connection | undefined;
  try {
    connection = await running(invocation);
  } catch (error) {
    if (!isHoldfastError(error, 'incompatible')) throw error;
    if (values['force'] !== true) {
      throw new CommandError(error.message, {
        hint: '--force ends it; its sessions stay and can be continued.',
      });
    }
    await endRuntime(home, (line) => terminal.note(`${plain(line)}\n`));
    terminal.note('stopped\n');
    return exitCodes.ok;
  }
  if (connection === undefined) {
    terminal.note(`no runtime is running for ${home}\n`);
    return exitCodes.ok;
  }
  const { pid } = connection.hello;
  const { retiring, reason } = await connection.request('runtime/retire', {
    force: values['force'] === true,
  });
  if (!retiring) {
    throw new CommandError(`the runtime stays: ${reason ?? 'something runs'}`, {
      hint: '--force cancels what runs first.',
    });
  }
  connection.dispose();
  const end = Date.now() + STOP_MS;
  while (isAlive(pid)) {
    if (Date.now() > end)
      throw new CommandError(`the runtime (process ${pid}) is still there after ${STOP_MS / 1000} s`);
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  terminal.note('stopped\n');
  return exitCodes.ok;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
