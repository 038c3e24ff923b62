import { exitCodes, noMore, type Command } from '../command.ts';
import { table } from '../table.ts';

/** `holdfast agents`: the agents a session can be made with. */
export const agents: Command = {
  name: 'agents',
  usage: '[--json]',
  summary: 'list the agents that a session can be made with',
  options: { json: { type: 'boolean', describe: 'one JSON object a line' } },
  async run(invocation) {
    noMore(invocation, 0);
    const { terminal, values } = invocation;
    const connection = await invocation.connect();
    const { agents: found, problems } = await connection.request('agent/list', {});
    if (values['json'] === true) for (const agent of found) terminal.json(agent);
    else {
      const [title, ...lines] = table(
        [
          { title: 'ID', value: ({ id }) => id },
          { title: 'NAME', value: ({ name }) => name },
          { title: 'FROM', value: ({ source }) => source },
          { title: 'COMMAND', value: ({ command }) => command ?? '', shrinks: true },
        ],
        found,
        terminal.columns,
      );
      terminal.line(terminal.color.dim(title ?? ''));
      for (const line of lines) terminal.line(line);
    }
    for (const { agent, source, problem } of problems) {
      terminal.note(terminal.noteColor.yellow(`${agent} (${source}): ${problem}\n`));
    }
    return exitCodes.ok;
  },
};
