import path from 'node:path';
import { createInterface } from 'node:readline';
import { checkImport, importFile, sendImport, type ImportSource } from '../../client/importSession.ts';
import { isHoldfastError } from '../../protocol/errors.ts';
import { CommandError, exitCodes, noMore, positional, text, type Command } from '../command.ts';

/** `holdfast import`: a session out of a file. */
export const importSession: Command = {
  name: 'import',
  usage: 'FILE [--cwd D] [--json]',
  summary: 'take in a session that was exported as NDJSON, and print its new id',
  details: [
    'FILE "-" is stdin. The session is there as a whole or not at all, ended, under a new id; a prompt opens it again, with this',
    'machine’s own agent of the same name. Lines that cannot be read are named. Ctrl-C gives it up.',
  ].join('\n'),
  options: {
    cwd: { type: 'string', describe: 'the working directory it has here; default: the one it had' },
    json: { type: 'boolean', describe: 'one JSON object' },
  },
  async run(invocation) {
    noMore(invocation, 1);
    const { values, terminal, remote } = invocation;
    const file = positional(invocation, 0, 'FILE');
    const given = text(values, 'cwd');
    const cwd = given === undefined || remote !== undefined ? given : path.resolve(given);
    const source = file === '-' ? await stdinSource() : await importFile(file);
    const facts = await checked(source);
    const connection = await invocation.connect();
    const taken = await untilInterrupted((signal) => sendImport(connection, source, facts, { cwd, signal }));
    if (taken === undefined) {
      terminal.note('cancelled\n');
      return exitCodes.cancelled;
    }
    const { sessionId, events, missingBlobs } = taken;
    if (missingBlobs > 0)
      terminal.note(`${missingBlobs} large contents that it refers to are not in the file\n`);
    if (values['json'] === true) terminal.json({ id: sessionId, events, missingBlobs });
    else terminal.line(sessionId ?? '');
    return exitCodes.ok;
  },
};

/** Ctrl-C takes it back, and there is nothing then; a second one ends the program. */
async function untilInterrupted<T>(act: (signal: AbortSignal) => Promise<T>): Promise<T | undefined> {
  const abort = new AbortController();
  const cancel = (): void => abort.abort();
  process.once('SIGINT', cancel);
  try {
    return await act(abort.signal);
  } catch (error) {
    if (!isHoldfastError(error, 'aborted')) throw error;
    return undefined;
  } finally {
    process.off('SIGINT', cancel);
  }
}

/** What comes on stdin comes once, and is kept to be read twice. */
async function stdinSource(): Promise<ImportSource> {
  const lines: string[] = [];
  for await (const line of createInterface({ input: process.stdin, crlfDelay: Infinity })) lines.push(line);
  // oxlint-disable-next-line typescript/require-await
  const again = async function* (): AsyncIterable<string> {
    yield* lines;
  };
  return { name: '-', lines: again };
}

/** Several bad lines are listed below the message. */
async function checked(source: ImportSource): ReturnType<typeof checkImport> {
  try {
    return await checkImport(source);
  } catch (error) {
    const problems = isHoldfastError(error, 'invalidParams') ? error.details['problems'] : undefined;
    if (!Array.isArray(problems) || problems.length < 2 || !(error instanceof Error)) throw error;
    throw new CommandError(error.message, { exitCode: exitCodes.usage, hint: problems.join('\n') });
  }
}
