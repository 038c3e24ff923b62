import { existsSync, realpathSync } from 'node:fs';
import path from 'node:path';
import { findOnPath } from './programs.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** A Node to run scripts with. */
export interface NodeProgram {
  readonly command: string;
  readonly env: Readonly<Record<string, string>>;
}

/**
 * The Node that agents written for it run on: the runtime's own, which is new enough for all of them. An update of the
 * editor may have taken that away since; then the one on PATH.
 */
export function nodeFor(): NodeProgram {
  const own = process.execPath;
  const asNode = process.versions['electron'] === undefined ? {} : { ELECTRON_RUN_AS_NODE: '1' };
  if (existsSync(own)) return { command: own, env: asNode };
  return { command: findOnPath('node', process.env) ?? 'node', env: {} };
}

/** How npm is run. */
export interface NpmProgram {
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

/** The npm beside the runtime's Node, else the one that PATH finds; `undefined` when there is none. */
export function npmFor(env: Environment, own: string = process.execPath): NpmProgram | undefined {
  const besides = [path.dirname(own), ...beside(findOnPath('npm', env)), ...beside(findOnPath('node', env))];
  const script = besides.flatMap(scriptsBeside).find((file) => existsSync(file));
  if (script !== undefined) {
    const node = nodeFor();
    return { command: node.command, args: [script], env: node.env };
  }
  const npm = findOnPath('npm', env);
  return npm === undefined ? undefined : { command: npm, args: [], env: {} };
}

/** Where npm's script stands beside a Node: on Windows in the same folder, elsewhere in `lib` next to `bin`. */
function scriptsBeside(folder: string): string[] {
  const script = path.join('node_modules', 'npm', 'bin', 'npm-cli.js');
  return [path.join(folder, script), path.join(folder, '..', 'lib', script)];
}

/** The folders a program stands in: as PATH names it, and where a link leads. */
function beside(file: string | undefined): string[] {
  if (file === undefined) return [];
  try {
    return [path.dirname(file), path.dirname(realpathSync(file))];
  } catch {
    return [path.dirname(file)];
  }
}
