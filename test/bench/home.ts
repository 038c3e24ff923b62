import type { TestContext } from 'node:test';
import { testHome, type TestHome } from '../support/testHome.ts';
import type { Cleanup } from './bench.ts';

/** A data directory with the real runtime, as scenarios have it. */
export function benchHome(cleanup: Cleanup): TestHome {
  // Of a test's context it takes nothing but `after`.
  return testHome({ after: (step: () => unknown) => cleanup.after(step) } as unknown as TestContext);
}
