import { exitCodes, noMore, type Command } from '../command.ts';
import { mcpOption } from '../mcpFile.ts';
import { sessionOptions } from './run.ts';

/** `holdfast new`: makes a session and prints its id. */
export const newSession: Command = {
  name: 'new',
  usage: '[--agent A] [--cwd D] [--title T] [--mcp FILE]',
  summary: 'make a session and print its id',
  options: {
    agent: { type: 'string', describe: 'the agent; default: the configured one, else Shell' },
    cwd: { type: 'string', describe: 'the working directory; default: this one' },
    title: { type: 'string', describe: 'what the session is called' },
    ...mcpOption,
  },
  async run(invocation) {
    noMore(invocation, 0);
    const options = sessionOptions(invocation);
    const connection = await invocation.connect();
    const session = await connection.openSession(options);
    invocation.terminal.line(session.id);
    return exitCodes.ok;
  },
};
