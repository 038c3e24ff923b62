import { exitCodes, positional, type ExitCode, type Invocation } from '../../command.ts';

/** `holdfast agents logs AGENT`: what an agent wrote to stderr of late. */
export async function logs(invocation: Invocation): Promise<ExitCode> {
  const { terminal, values } = invocation;
  const agent = positional(invocation, 1, 'AGENT');
  const connection = await invocation.connect();
  const log = await connection.request('agent/log', { agent });
  if (values['json'] === true) terminal.json(log);
  else if (log.text === '') terminal.note(`${agent} wrote nothing to its standard error\n`);
  else for (const line of log.text.trimEnd().split('\n')) terminal.line(line);
  return exitCodes.ok;
}
