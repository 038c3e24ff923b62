// Goes on until a check is green, and follows that from somewhere else: from where the first one had come to, with nothing
// missed and nothing seen twice. The turns run in the runtime; it does not matter who looks on.
import { connect } from 'holdfast';

const worker = await connect({ clientName: 'worker' });
const session = await worker.openSession({ cwd: process.cwd() });
await session.prompt('date >> attempts.txt', {
  // A red check is said to the agent, which tries again; the Shell agent runs what it is told.
  until: { command: 'test -s attempts.txt', max: 3 },
});
const { id, cursor } = session;
await worker[Symbol.asyncDispose]();

await using viewer = await connect({ clientName: 'viewer' });
await using followed = await viewer.openSession({ sessionId: id, attach: { cursor } });
for await (const { seq, event } of followed.events({ since: cursor.seq })) {
  console.log(seq, event.type);
  if (event.type === 'turn.ended' && event.check?.next === undefined) {
    console.log(event.check?.outcome ?? event.outcome);
    break;
  }
}
await followed.end();
