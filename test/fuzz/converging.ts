import type { TestContext } from 'node:test';
import {
  isHoldfastError,
  type Beginning,
  type InteractionReply,
  type Session,
} from '../../src/client/index.ts';
import type { JournalId, SessionId } from '../../src/protocol/ids.ts';
import type { Random } from '../support/seeded.ts';
import { fakeAgent, testHome } from '../support/testHome.ts';
import { Wire, wiredClient, type WiredClient } from '../support/wire.ts';
import { everything } from './everything.ts';
import { Watcher } from './watcher.ts';

/** One client's hold on one session; left and taken again, it has another watcher. */
interface Hold {
  readonly sessionId: SessionId;
  session: Session | undefined;
  watcher: Watcher;
}

interface Client {
  readonly name: string;
  readonly wire: Wire;
  readonly client: WiredClient;
  readonly holds: Hold[];
}

/**
 * J1, J3: clients with windows of all sizes prompt, cancel, answer, lose their sockets, leave and come back with cursors,
 * tails and nonsense, all at random. In the end each of them has made of the events what the journal has.
 */
export async function converge(t: TestContext, random: Random, steps: number): Promise<void> {
  const home = testHome(t);
  const reader = await home.connect({ clientName: 'reader', agents: { scripted: fakeAgent('scripted') } });
  const made = await Promise.all(
    ['shell', 'scripted', 'scripted'].map((agent) => reader.openSession({ cwd: home.work, agent })),
  );
  const clients = await Promise.all(
    ['one', 'two', 'three'].map(async (name): Promise<Client> => {
      const wire = await Wire.open(home);
      const client = wiredClient(home, wire, { name, creditBytes: random.between(1024, 32 * 1024) });
      await client.connected();
      const holds = made.map(({ id }) => ({ sessionId: id, session: undefined, watcher: new Watcher() }));
      return { name, wire, client, holds };
    }),
  );
  for (const each of clients) for (const hold of each.holds) await take(each.client, hold, true);
  const sent: Promise<unknown>[] = [];
  for (let step = 0; step < steps; step++) {
    await act(random.pick(clients), random, sent);
    if (random() < 0.5) await new Promise((resolve) => setTimeout(resolve, random.between(0, 15)));
  }
  for (const { wire } of clients) wire.cutAfter(undefined);
  await Promise.all(sent);
  for (const each of clients)
    for (const hold of each.holds) if (hold.session === undefined) await take(each.client, hold, true);
  for (const { id } of made) {
    const turn = await reader.session(id)?.prompt(id === made[0]?.id ? 'echo last' : 'say last');
    await turn?.ended;
    const journal = await everything(await home.connect(), id);
    const seq = journal.at(-1)?.seq ?? 0;
    for (const { name, holds } of clients) {
      const { watcher } = holds.find(({ sessionId }) => sessionId === id) as Hold;
      await watcher.until(() => watcher.seq >= seq);
      watcher.verify(journal, `client ${name}`);
    }
  }
}

const shellLines = [
  'seq 1 400',
  'echo out; echo err >&2',
  'for i in 1 2 3 4 5; do echo $i; sleep 0.01; done',
  'exit 3',
];
const scriptedLines = [
  'say one two three',
  'think',
  'tool',
  'plan',
  'usage',
  'slow 30 1',
  'permission',
  'title Tide',
  'fail x',
];

/** One thing that a person, a network or a program might do. */
async function act({ client, wire, holds }: Client, random: Random, sent: Promise<unknown>[]): Promise<void> {
  const hold = random.pick(holds);
  const { sessionId } = hold;
  const isShell = hold === holds[0];
  const what = random();
  if (what < 0.35) {
    const lines = Array.from({ length: random.between(1, 4) }, () =>
      random.pick(isShell ? shellLines : scriptedLines),
    );
    const content = [{ type: 'text' as const, text: lines.join('\n') }];
    const mode = random.pick(['queue', 'queue', 'queue', 'interrupt'] as const);
    sent.push(client.registry.request('session/prompt', { sessionId, content, mode }));
  } else if (what < 0.45)
    sent.push(client.registry.request('session/command', { sessionId, command: random.pick(shellLines) }));
  else if (what < 0.5) sent.push(client.registry.request('session/cancel', { sessionId }));
  else if (what < 0.7) wire.cut();
  else if (what < 0.75) {
    // Not for ever: some answers are larger than what comes through between two cuts.
    let cuts = 8;
    wire.cutAfter(() => (cuts-- > 0 ? random.between(1, 20_000) : Infinity));
  } else await leaveAndReturn(client, hold, random);
}

async function leaveAndReturn(client: WiredClient, hold: Hold, random: Random): Promise<void> {
  const { session, watcher } = hold;
  if (session === undefined) return take(client, hold, true);
  const { cursor } = session;
  session.leave();
  hold.session = undefined;
  const fresh = random();
  if (fresh < 0.2) return take(client, hold, true);
  if (fresh < 0.4) return take(client, hold, { tail: random.between(0, 8) });
  if (fresh < 0.5) return take(client, hold, { cursor: { journal: 'another' as JournalId, seq: 1 } });
  if (fresh < 0.6 || watcher.envelopes[0]?.seq !== 1) return take(client, hold, { cursor }, watcher);
  // From any place that it has been at before.
  const known = watcher.envelopes.slice(0, random.between(1, watcher.envelopes.length));
  const seq = known.at(-1)?.seq ?? 0;
  return take(client, hold, { cursor: { ...cursor, seq } }, watcherOf(known));
}

function watcherOf(known: Watcher['envelopes']): Watcher {
  const watcher = new Watcher();
  for (const envelope of known) watcher.onEvent(envelope);
  return watcher;
}

/** Attaches, again and again until no lost connection comes in between. */
async function take(client: WiredClient, hold: Hold, attach: Beginning, known?: Watcher): Promise<void> {
  const { sessionId } = hold;
  const onPermission = (): InteractionReply => ({ kind: 'option', optionId: 'once' });
  for (;;) {
    // Events from the first one come at once, and some may have come before an opening failed.
    const watcher = known ?? new Watcher();
    hold.watcher = watcher;
    if (attach !== true && 'tail' in attach) watcher.wait();
    try {
      const { onEvent, onReset, onLost } = watcher;
      hold.session = await client.registry.open({
        sessionId,
        attach,
        onEvent,
        onReset,
        onLost,
        onPermission,
      });
      if (hold.session.snapshot !== undefined) watcher.goOn(hold.session.snapshot);
      return;
    } catch (error) {
      if (!isHoldfastError(error, 'connectionLost')) throw error;
      // The socket's end is on its way to the channel.
      await new Promise((resolve) => setImmediate(resolve));
    }
  }
}
