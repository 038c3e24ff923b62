import { seeded } from '../support/seeded.ts';
import { walk } from './turns.ts';

seeded(
  'whatever clients and the agent do, each turn ends once, each answer reaches its own question, and every head is what the rules say (law 4, T2, T3)',
  { name: 'turns', fresh: 6 },
  (t, random) => walk(t, random, 150),
);
