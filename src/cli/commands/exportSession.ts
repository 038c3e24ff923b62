import { exportParts, formatOf, writeParts } from '../../client/exportSession.ts';
import { exitCodes, noMore, positional, text, usageError, type Command } from '../command.ts';
import { findSession } from '../sessionPrefix.ts';

/** `holdfast export`: a session as a file. */
export const exportSession: Command = {
  name: 'export',
  usage: 'SESSION [--format md|ndjson] [-o FILE]',
  summary: 'write a session as Markdown to read, or as NDJSON to import again',
  details:
    'NDJSON is one envelope a line, as the session has them, and then the large contents that they refer to.',
  options: {
    format: { type: 'string', describe: 'md or ndjson; default: as FILE ends, else md' },
    output: { type: 'string', short: 'o', describe: 'the file to write; default: stdout' },
  },
  async run(invocation) {
    noMore(invocation, 1);
    const { values, terminal } = invocation;
    const file = text(values, 'output');
    const format = text(values, 'format') ?? formatOf(file ?? '');
    if (format !== 'md' && format !== 'ndjson') throw usageError(`--format is md or ndjson, not "${format}"`);
    const connection = await invocation.connect();
    const sessionId = await findSession(connection, positional(invocation, 0, 'SESSION'));
    const parts = exportParts(connection, sessionId, format);
    if (file === undefined) for await (const part of parts) await terminal.writeAll(part);
    else await writeParts(file, parts);
    return exitCodes.ok;
  },
};
