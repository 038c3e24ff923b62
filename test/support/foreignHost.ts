import { WebSocketServer, type WebSocket } from 'ws';
import type { AddressInfo } from 'node:net';

/** A message that a client sent, or answered. */
export interface Said {
  readonly id?: number | string;
  readonly method?: string;
  readonly params?: Record<string, unknown>;
  readonly result?: unknown;
  readonly error?: { readonly code: number; readonly message: string };
}

/** One client of a foreign host. */
export interface ForeignClient {
  /** Sends a message as it is. */
  say(message: object): void;
  /** Sends `session/events`. */
  events(events: readonly object[], extra?: object): void;
  /** Asks, and resolves with what the client answered. */
  ask(params: object): Promise<Said>;
}

/** A small host that is no runtime of ours: it assigns ids, and does with a request what the test says. */
export interface ForeignHost {
  readonly url: string;
  /** Requests but `initialize`, in order. */
  readonly requests: Said[];
  close(): void;
}

/** What a foreign host does with a request: what it returns is the result; nothing is no answer at all. */
export type Play = (request: Said, client: ForeignClient) => unknown;

/** Starts one on a free port of this machine. */
export async function foreignHost(play: Play): Promise<ForeignHost> {
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0, perMessageDeflate: false });
  await new Promise((resolve) => server.once('listening', resolve));
  const requests: Said[] = [];
  server.on('connection', (socket) => serve(socket, requests, play));
  return {
    url: `ws://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    close() {
      for (const client of server.clients) client.terminate();
      server.close();
    },
  };
}

const hello = {
  ...{ protocol: 1, range: { min: 1, max: 1 }, sessionIds: 'host', buildId: 'foreign', pid: 1 },
  ...{ runtimeId: 'foreign', home: '/', agentProblems: [] },
};

function serve(socket: WebSocket, requests: Said[], play: Play): void {
  const waiting = new Map<string, (said: Said) => void>();
  const say = (message: object): void => socket.send(JSON.stringify({ jsonrpc: '2.0', ...message }));
  let asked = 0;
  const client: ForeignClient = {
    say,
    events: (events, extra = {}) =>
      say({ method: 'session/events', params: { events, bytes: 100, ...extra } }),
    ask(params) {
      const id = `ask-${++asked}`;
      const answer = new Promise<Said>((resolve) => waiting.set(id, resolve));
      say({ id, method: 'session/ask', params });
      return answer;
    },
  };
  socket.on('message', (data: Buffer) => {
    const said = JSON.parse(data.toString()) as Said;
    if (said.method === undefined) return waiting.get(String(said.id))?.(said);
    if (said.id === undefined) return;
    if (said.method === 'initialize')
      return say({ id: said.id, result: { capabilities: {}, holdfast: hello } });
    requests.push(said);
    const result = play(said, client);
    if (result !== undefined) say({ id: said.id, result });
  });
}
