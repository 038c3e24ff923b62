import { spawn } from 'node:child_process';
import { childEnvironment } from '../work/environment.ts';
import { commandLine } from '../work/commandLine.ts';
import { ProcessTree } from '../work/processTree.ts';
import { treeStarting } from '../work/startedTrees.ts';
import { refuseAborted, type Installing } from './installing.ts';

/** How a tool ended, with the end of what it said. */
export interface ToolEnd {
  readonly exitCode: number | null;
  readonly tail: string;
}

const TAIL = 8 * 1024;
/** What a cancelled tool may take to go, in milliseconds. */
const GRACE_MS = 2000;

/**
 * Runs a tool such as npm to its end in the folder of an install. Rejects with `aborted` when the install is cancelled, and
 * then nothing of it is left; with the system's own error when it cannot be run at all.
 */
export async function runTool(
  tool: {
    readonly command: string;
    readonly args: readonly string[];
    readonly env?: Readonly<Record<string, string>>;
  },
  installing: Pick<Installing, 'folder' | 'env' | 'clock' | 'signal' | 'name'>,
): Promise<ToolEnd> {
  const { folder, clock, signal } = installing;
  refuseAborted(installing);
  const env = childEnvironment(installing.env, tool.env ?? {});
  const { file, args, verbatim } = commandLine(tool.command, tool.args, env);
  const starting = treeStarting();
  const child = spawn(file, args, {
    cwd: folder,
    env: { ...env, ...starting.env },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: process.platform !== 'win32',
    windowsHide: true,
    windowsVerbatimArguments: verbatim,
  });
  const ended = new Promise<number | null>((resolve, reject) =>
    child.on('error', reject).on('close', resolve),
  );
  const tree = child.pid === undefined ? undefined : new ProcessTree(child.pid, clock);
  starting.settle();
  let tail = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => (tail = (tail + text).slice(-TAIL)));
  const cancel = (): void => void tree?.end({ graceMs: GRACE_MS });
  signal.addEventListener('abort', cancel, { once: true });
  try {
    const exitCode = await ended;
    refuseAborted(installing);
    return { exitCode, tail };
  } finally {
    signal.removeEventListener('abort', cancel);
    await tree?.end({ graceMs: GRACE_MS });
  }
}
