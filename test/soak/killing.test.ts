import { killUnderLoad } from '../fuzz/killing.ts';
import { seeded } from '../support/seeded.ts';

seeded(
  'after sixty times kill -9 of the runtime everything that any client saw is there, in order, once, and nothing ran twice (J4, J5, T9)',
  { name: 'killing', fresh: 3, timeout: 590_000 },
  (t, random) => killUnderLoad(t, random, 60),
);
