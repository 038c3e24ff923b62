/** Hangs in every prompt and is deaf to cancel, to closed stdin and to SIGTERM. */
import { createInterface } from 'node:readline';
import { say, send } from './wire.mjs';

process.on('SIGTERM', () => {});
setInterval(() => {}, 1000);
createInterface({ input: process.stdin }).on('line', (line) => {
  const { id, method } = JSON.parse(line);
  if (method === 'initialize') send({ id, result: { protocolVersion: 1 } });
  if (method === 'session/new') send({ id, result: { sessionId: 'deaf' } });
  if (method === 'session/prompt') say('deaf', 'I will never stop');
});
