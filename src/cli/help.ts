import type { Command } from './command.ts';

/** Options that every command has. */
export const globalOptions = {
  home: { type: 'string', describe: 'the data directory; default: HOLDFAST_HOME, else the platform’s' },
  remote: {
    type: 'string',
    describe: 'a runtime on another machine: its name in remotes.json, or its address',
  },
  help: { type: 'boolean', short: 'h', describe: 'show this' },
  version: { type: 'boolean', short: 'v', describe: 'show the version' },
} as const;

/** The help of the program: its commands in a line each. */
export function programHelp(commands: readonly Command[]): string {
  const width = Math.max(...commands.map(({ name }) => name.length));
  return [
    'usage: holdfast COMMAND [options]',
    '',
    'Coding-agent sessions that outlive the window.',
    '',
    ...commands.map(({ name, summary }) => `  ${name.padEnd(width)}  ${summary}`),
    '',
    ...optionLines(globalOptions),
    '',
    'SESSION is the id of a session, or an unambiguous beginning of one. "holdfast COMMAND --help" says more.',
  ].join('\n');
}

/** The help of one command. */
export function commandHelp({ name, usage, summary, details, options }: Command): string {
  return [
    `usage: holdfast ${name} ${usage}`.trimEnd(),
    '',
    `${summary[0]?.toUpperCase() ?? ''}${summary.slice(1)}.`,
    ...(details === undefined ? [] : [details]),
    '',
    ...optionLines({ ...options, ...globalOptions }),
  ].join('\n');
}

function optionLines(options: Command['options']): string[] {
  const left = (name: string, type: string): string => `--${name}${type === 'string' ? ' VALUE' : ''}`;
  const entries = Object.entries(options);
  const width = Math.max(...entries.map(([name, { type }]) => left(name, type).length));
  return entries.map(([name, { type, describe }]) => `  ${left(name, type).padEnd(width)}  ${describe}`);
}
