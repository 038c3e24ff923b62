import { exitCodes, noMore, positional, usageError, type Command } from '../command.ts';
import { completionScript, shells } from '../completion.ts';

/** `holdfast completion`: what a shell completes of the program that has these commands. */
export const completion = (commands: () => readonly Command[]): Command => ({
  name: 'completion',
  usage: 'bash | zsh | fish | powershell',
  summary: 'print a script that makes a shell complete commands, options and sessions',
  details: [
    'bash:        source <(holdfast completion bash)',
    'zsh:         source <(holdfast completion zsh)',
    'fish:        holdfast completion fish | source',
    'powershell:  holdfast completion powershell | Out-String | Invoke-Expression',
  ].join('\n'),
  options: {},
  async run(invocation) {
    noMore(invocation, 1);
    const shell = positional(invocation, 0, 'the shell');
    const known = shells.find((each) => each === shell);
    if (known === undefined) throw usageError(`"${shell}" is not one of ${shells.join(', ')}`);
    invocation.terminal.write(completionScript(known, commands()));
    return exitCodes.ok;
  },
});
