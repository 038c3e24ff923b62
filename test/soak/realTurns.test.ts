import { walkForReal } from '../fuzz/realTurns.ts';
import { seeded } from '../support/seeded.ts';

seeded(
  'whatever clients, agents and accidents do to real processes for long, each turn ends once, each answer reaches its own question, all see the same, and nothing is left (law 4, law 11, T2, T3, W1, J3, J5, T9)',
  { name: 'realTurns', fresh: 6, timeout: 500_000 },
  (t, random) => walkForReal(t, random, 600),
);
