import { converge } from '../fuzz/converging.ts';
import { seeded } from '../support/seeded.ts';

seeded(
  'random clients with random disconnects, attaches and cursors come to the same state as the journal, for long (J1, J3)',
  { name: 'converging', fresh: 12, timeout: 120_000 },
  (t, random) => converge(t, random, 400),
);
