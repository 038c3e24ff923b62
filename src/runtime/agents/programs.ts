import { accessSync, constants, statSync } from 'node:fs';
import path from 'node:path';

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The programs by which agents of the registry are known when a person installed them by other means, each with the
 * arguments of the registry's entry unless it says its own.
 */
export const PROGRAMS: Readonly<
  Record<string, { readonly program: string; readonly args?: readonly string[] }>
> = {
  'amp-acp': { program: 'amp-acp' },
  auggie: { program: 'auggie', args: ['--acp'] },
  'claude-acp': { program: 'claude-agent-acp' },
  cline: { program: 'cline', args: ['--acp'] },
  'codex-acp': { program: 'codex-acp' },
  cursor: { program: 'cursor-agent', args: ['acp'] },
  'factory-droid': { program: 'droid' },
  'fast-agent': { program: 'fast-agent-acp' },
  gemini: { program: 'gemini', args: ['--experimental-acp'] },
  'github-copilot-cli': { program: 'copilot', args: ['--acp'] },
  goose: { program: 'goose', args: ['acp'] },
  'grok-build': { program: 'grok', args: ['agent', 'stdio'] },
  kilo: { program: 'kilo', args: ['acp'] },
  kimi: { program: 'kimi', args: ['acp'] },
  'mistral-vibe': { program: 'vibe-acp' },
  opencode: { program: 'opencode', args: ['acp'] },
  'pi-acp': { program: 'pi-acp' },
  'qwen-code': { program: 'qwen', args: ['--acp'] },
  stakpak: { program: 'stakpak', args: ['acp'] },
};

/** The absolute path of a program that PATH finds; `undefined` when it finds none. */
export function findOnPath(
  program: string,
  env: Environment,
  platform: NodeJS.Platform = process.platform,
): string | undefined {
  const value = (name: string): string | undefined =>
    Object.entries(env).find(([key]) => key.toLowerCase() === name.toLowerCase())?.[1];
  const { join, delimiter, isAbsolute } = platform === 'win32' ? path.win32 : path.posix;
  const folders = ((platform === 'win32' ? value('Path') : env['PATH']) ?? '').split(delimiter);
  const endings =
    platform === 'win32' ? (value('PATHEXT') ?? '.COM;.EXE;.BAT;.CMD').toLowerCase().split(';') : [''];
  for (const folder of folders) {
    // What is relative there would be looked for wherever a session works.
    if (!isAbsolute(folder)) continue;
    const found = endings.map((ending) => join(folder, program + ending)).find(isProgram);
    if (found !== undefined) return found;
  }
  return undefined;
}

function isProgram(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}
