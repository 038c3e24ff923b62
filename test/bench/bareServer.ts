/** The baseline of `throughput.ts`: sends events over a bare WebSocket, one frame each, when it is told to. */
import { createServer } from 'node:http';
import { WebSocketServer } from 'ws';

const [socket, events] = process.argv.slice(2);
const server = createServer();
new WebSocketServer({ server, perMessageDeflate: false }).on('connection', (client) => {
  client.on('message', () => {
    for (let seq = 1; seq <= Number(events); seq++) {
      const event = { type: 'usage.updated', usedTokens: seq, contextTokens: 1_000_000 };
      const place = { sessionId: '8a7b2d0e-3b55-4e6f-9a1c-8a7b2d0e3b55', seq, at: Date.now() };
      const turnId = '1c8f7a52-6a0e-4a57-8f6b-1c8f7a526a0e';
      client.send(
        JSON.stringify({
          jsonrpc: '2.0',
          method: 'session/events',
          params: { events: [{ ...place, turnId, event }] },
        }),
      );
    }
  });
});
server.listen(socket, () => process.send?.('ready'));
