import { exitCodes, noMore, positional, text, type Command } from '../command.ts';
import { mcpOption, mcpServersOf } from '../mcpFile.ts';
import { findSession } from '../sessionPrefix.ts';

/** `holdfast fork`: a new session that goes on from where another one stands. */
export const fork: Command = {
  name: 'fork',
  usage: 'SESSION [--title T] [--mcp FILE] [--json]',
  summary: 'make a session that goes on from where another one stands, and print its id',
  details: [
    'It has the same agent in the same directory, and a transcript of its own. What an agent that cannot fork has forgotten, a',
    'notice in it says.',
  ].join('\n'),
  options: {
    title: { type: 'string', describe: 'what the new session is called' },
    ...mcpOption,
    json: { type: 'boolean', describe: 'one JSON object: {id, from}' },
  },
  async run(invocation) {
    noMore(invocation, 1);
    const { values, terminal } = invocation;
    const title = text(values, 'title');
    const servers = mcpServersOf(values);
    const connection = await invocation.connect();
    const from = await findSession(connection, positional(invocation, 0, 'SESSION'));
    const session = await connection.openSession({
      fork: from,
      ...(title !== undefined && { title }),
      ...servers,
    });
    if (values['json'] === true) terminal.json({ id: session.id, from });
    else terminal.line(session.id);
    return exitCodes.ok;
  },
};
