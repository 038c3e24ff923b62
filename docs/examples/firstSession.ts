// A session in ten lines: every event from the first on, one prompt, and how it ended.
import { connect } from 'holdfast';

await using connection = await connect({ clientName: 'first session' });
const session = await connection.openSession({
  cwd: process.cwd(),
  onEvent: ({ seq, event }) => console.log(seq, event.type),
});
const turn = await session.prompt('echo hello');
console.log((await turn.ended).outcome);
await session.end();
