import { seeded } from '../support/seeded.ts';
import { walkForReal } from './realTurns.ts';

seeded(
  'whatever clients, agents and accidents do to real processes, each turn ends once, each answer reaches its own question, all see the same, and nothing is left (law 4, law 11, T2, T3, W1, J3, J5, T9)',
  { name: 'realTurns', fresh: 2 },
  (t, random) => walkForReal(t, random, 50),
);
