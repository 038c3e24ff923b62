import { seeded } from '../support/seeded.ts';
import { killUnderLoad } from './killing.ts';

seeded(
  'after kill -9 of the runtime at any instants everything that any client saw is there, in order, once, and nothing ran twice (J4, J5, T9)',
  { name: 'killing', fresh: 1 },
  (t, random) => killUnderLoad(t, random, 6),
);
