import { exitCodes, noMore, text, type Command } from '../command.ts';
import { mcpOption } from '../mcpFile.ts';
import { permissionModeOf, permissionModeOption } from '../turnOptions.ts';
import { sessionOptions } from './run.ts';

/** `holdfast new`: makes a session and prints its id. */
export const newSession: Command = {
  name: 'new',
  usage: '[--agent A] [--cwd D] [--title T] [--mcp FILE] [--permission-mode M] [--from ID]',
  summary: 'make a session and print its id',
  options: {
    agent: { type: 'string', describe: 'the agent; default: the configured one, else Shell' },
    cwd: { type: 'string', describe: 'the working directory; default: this one' },
    title: { type: 'string', describe: 'what the session is called' },
    ...mcpOption,
    ...permissionModeOption,
    from: {
      type: 'string',
      describe: 'a conversation that the agent has (agents sessions AGENT), to go on with',
    },
  },
  async run(invocation) {
    noMore(invocation, 0);
    const from = text(invocation.values, 'from');
    const options = {
      ...sessionOptions(invocation),
      ...permissionModeOf(invocation.values),
      ...(from === undefined ? {} : { agentSessionId: from }),
    };
    const connection = await invocation.connect();
    const session = await connection.openSession(options);
    invocation.terminal.line(session.id);
    return exitCodes.ok;
  },
};
