import { seeded } from '../support/seeded.ts';
import { converge } from './converging.ts';

seeded(
  'random clients with random disconnects, attaches and cursors come to the same state as the journal (J1, J3)',
  { name: 'converging', fresh: 4 },
  (t, random) => converge(t, random, 150),
);
