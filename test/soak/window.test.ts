import { throughWindow } from '../fuzz/window.ts';
import { seeded } from '../support/seeded.ts';

seeded(
  '100,000 events through a window of 1 to 4 KiB, with forced disconnects, arrive once each, in order (J1)',
  { name: 'window', fresh: 2, timeout: 300_000 },
  (t, random) => throughWindow(t, random, 100_000),
);
