import type { Command } from './command.ts';
import { globalOptions } from './help.ts';

/** The shells that can be taught. */
export const shells = ['bash', 'zsh', 'fish', 'powershell'] as const;
export type Shell = (typeof shells)[number];

/** What asks a running runtime for the ids of its sessions, without starting one. */
const SESSIONS = 'holdfast ls --local --all --ids 2>';

/** A script that completes commands, their options, and sessions where a command takes one. */
export function completionScript(shell: Shell, commands: readonly Command[]): string {
  const words = commands.map(({ name }) => name);
  const taking = commands.filter(({ usage }) => usage.startsWith('SESSION')).map(({ name }) => name);
  const options = commands.map(
    ({ name, options: own }) =>
      [name, Object.keys({ ...own, ...globalOptions }).map((option) => `--${option}`)] as const,
  );
  return { bash, zsh, fish, powershell }[shell]({ words, taking, options, commands });
}

interface Parts {
  readonly words: readonly string[];
  /** Commands whose first word is a session. */
  readonly taking: readonly string[];
  readonly options: readonly (readonly [string, readonly string[]])[];
  readonly commands: readonly Command[];
}

function bash({ words, taking, options }: Parts): string {
  return [
    '_holdfast() {',
    '  local current="${COMP_WORDS[COMP_CWORD]}" command="${COMP_WORDS[1]}"',
    '  if [ "$COMP_CWORD" -eq 1 ]; then',
    `    COMPREPLY=($(compgen -W "${words.join(' ')}" -- "$current"))`,
    '    return',
    '  fi',
    '  if [[ "$current" == -* ]]; then',
    '    case "$command" in',
    ...options.map(
      ([name, own]) => `      ${name}) COMPREPLY=($(compgen -W "${own.join(' ')}" -- "$current")) ;;`,
    ),
    '    esac',
    '    return',
    '  fi',
    '  if [ "$COMP_CWORD" -eq 2 ]; then',
    '    case "$command" in',
    `      ${taking.join('|')}) COMPREPLY=($(compgen -W "$(${SESSIONS}/dev/null)" -- "$current")) ;;`,
    '    esac',
    '  fi',
    '}',
    'complete -o default -F _holdfast holdfast',
    '',
  ].join('\n');
}

/** zsh runs what bash does. */
function zsh(parts: Parts): string {
  return `autoload -U +X compinit && compinit -u\nautoload -U +X bashcompinit && bashcompinit\n${bash(parts)}`;
}

function fish({ taking, commands }: Parts): string {
  const quoted = (text: string): string => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
  const after = (name: string): string => `-n '__fish_seen_subcommand_from ${name}'`;
  return [
    ...commands.map(
      ({ name, summary }) =>
        `complete -c holdfast -f -n __fish_use_subcommand -a ${name} -d ${quoted(summary)}`,
    ),
    ...commands.flatMap(({ name, options }) =>
      Object.entries({ ...options, ...globalOptions }).map(
        ([option, { describe, type }]) =>
          `complete -c holdfast ${after(name)} -l ${option}${type === 'string' ? ' -r' : ''} -d ${quoted(describe)}`,
      ),
    ),
    `complete -c holdfast ${after(taking.join(' '))} -f -a '(${SESSIONS}/dev/null)'`,
    '',
  ].join('\n');
}

function powershell({ words, taking, options }: Parts): string {
  const list = (each: readonly string[]): string => `@(${each.map((word) => `'${word}'`).join(', ')})`;
  return [
    'Register-ArgumentCompleter -Native -CommandName holdfast -ScriptBlock {',
    '  param($wordToComplete, $commandAst, $cursorPosition)',
    '  $typed = @($commandAst.CommandElements | ForEach-Object { $_.ToString() })',
    '  $place = $typed.Count - [int]($wordToComplete -ne "")',
    '  $options = @{',
    ...options.map(([name, own]) => `    '${name}' = ${list(own)}`),
    '  }',
    `  $found = if ($place -le 1) { ${list(words)} }`,
    "    elseif ($wordToComplete.StartsWith('-')) { $options[$typed[1]] }",
    `    elseif ($place -eq 2 -and ${list(taking)} -contains $typed[1]) { ${SESSIONS}$null }`,
    '  $found | Where-Object { $_ -like "$wordToComplete*" } |',
    '    ForEach-Object { [System.Management.Automation.CompletionResult]::new($_) }',
    '}',
    '',
  ].join('\n');
}
