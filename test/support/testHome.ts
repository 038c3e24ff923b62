import { mkdtempSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import { connect, type Connection, type ConnectOptions } from '../../src/client/index.ts';
import type { Discovery } from '../../src/protocol/discovery.ts';

/** The built runtime that scenarios run: the bundle a person gets. */
export const runtimeBundle = fileURLToPath(new URL('../../dist/runtime.mjs', import.meta.url));

/** One small program of `test/support/fakeAgents`, as an agent definition. */
export function fakeAgent(name: string, env: Record<string, string> = {}) {
  const file = fileURLToPath(new URL(`./fakeAgents/${name}.mjs`, import.meta.url));
  return { name, command: process.execPath, args: [file], env };
}

/** A data directory of a test's own, with whatever runtime comes to run in it. */
export interface TestHome {
  readonly home: string;
  /** A working directory beside it. */
  readonly work: string;
  connect(options?: ConnectOptions): Promise<Connection>;
  /** Disposes something after the test, before its runtime is stopped. */
  own(thing: { dispose(): void }): void;
  /** The discovery entry of the runtime that runs now. */
  entry(): Discovery;
  /** `kill -9` of the runtime; resolves when the process is gone. */
  kill(): Promise<void>;
}

/** Makes a data directory; after the test its runtime is stopped and the folder removed. */
export function testHome(t: TestContext): TestHome {
  const root = realpathSync(mkdtempSync(path.join(process.env['HOLDFAST_TEST_RUN'] ?? tmpdir(), 'h-')));
  const home = path.join(root, 'home');
  const work = mkdtempSync(path.join(root, 'work-'));
  const owned: { dispose(): void }[] = [];
  const entry = (): Discovery =>
    JSON.parse(readFileSync(path.join(home, 'runtime', 'runtime.json'), 'utf8')) as Discovery;
  const end = async (signal: 'SIGTERM' | 'SIGKILL'): Promise<void> => {
    let pid: number;
    try {
      ({ pid } = entry());
    } catch {
      return;
    }
    await endProcess(pid, signal);
  };
  t.after(async () => {
    for (const each of owned) each.dispose();
    await end('SIGTERM');
    rmSync(root, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 });
  });
  return {
    home,
    work,
    entry,
    async connect(options = {}) {
      const connection = await connect({ home, bundle: runtimeBundle, log: () => undefined, ...options });
      owned.push(connection);
      return connection;
    },
    own: (thing) => void owned.push(thing),
    kill: () => end('SIGKILL'),
  };
}

/** Ends a process that a test started, and waits until it is gone. What ignores SIGTERM for a minute is killed. */
export async function endProcess(pid: number, signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
  if (!signalled(pid, signal)) return;
  const deadline = performance.now() + 60_000;
  while (isAlive(pid)) {
    if (performance.now() > deadline) signalled(pid, 'SIGKILL');
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

/** Whether a process runs; one that only waits to be reaped does not. */
export function isAlive(pid: number): boolean {
  if (process.platform !== 'linux') return signalled(pid, 0);
  try {
    return !/^State:\s+[ZX]/mu.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}

/** Resolves when a process is gone. */
export async function gone(pid: number): Promise<void> {
  while (isAlive(pid)) await new Promise((resolve) => setTimeout(resolve, 5));
}

function signalled(pid: number, signal: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(pid, signal);
  } catch {
    return false;
  }
}
