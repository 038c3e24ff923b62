import { examine } from '../../client/examine.ts';
import { exitCodes, noMore, type Command } from '../command.ts';
import { plain } from '../render.ts';

/** `holdfast doctor`: what is wrong here, and what helps. */
export const doctor: Command = {
  name: 'doctor',
  usage: '[--json]',
  summary: 'look for what is wrong, and say what to do about it',
  details:
    'Exit code: 0 nothing that stops Holdfast from working, 1 something is wrong. Starts a runtime if none runs.',
  options: {
    json: { type: 'boolean', describe: 'one JSON object a line: {check, state, text, help, code, values}' },
  },
  async run(invocation) {
    noMore(invocation, 0);
    const { terminal, values, home } = invocation;
    const connect = () => invocation.connect({ remote: null });
    const { color } = terminal;
    const marks = {
      ok: color.green('ok     '),
      warning: color.yellow('warning'),
      wrong: color.red('wrong  '),
    };
    let wrong = false;
    for await (const finding of examine({ home, connect })) {
      const { check, state, text, help } = finding;
      wrong ||= state === 'wrong';
      if (values['json'] === true) terminal.json(finding);
      else {
        terminal.line(`${marks[state]}  ${check.padEnd(9)} ${plain(text)}`);
        if (help !== undefined) terminal.line(`                    ${color.dim('→')} ${plain(help)}`);
      }
    }
    return wrong ? exitCodes.failed : exitCodes.ok;
  },
};
