import { seeded } from '../support/seeded.ts';
import { throughWindow } from './window.ts';

seeded(
  '10,000 events through a window of 1 to 4 KiB, with forced disconnects, arrive once each, in order (J1)',
  { name: 'window', fresh: 1 },
  (t, random) => throughWindow(t, random, 10_000),
);
