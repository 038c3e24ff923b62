import Mocha from 'mocha';

/**
 * Runs the tests that live inside an extension host: called by the desktop VS Code (`npm run
 * test:electron`) and by its server build (`test/editor/suite.test.ts`).
 *
 * @throws When a test failed, with the titles of those that did.
 */
export async function run(): Promise<void> {
  const mocha = new Mocha({ ui: 'bdd', timeout: 60_000, color: false });
  mocha.suite.emit('pre-require', globalThis, null, mocha);
  // Loaded only now: a test file needs Mocha's functions to be there.
  await import('./inside/activation.ts');
  const failed: string[] = [];
  await new Promise<void>((resolve) => {
    const runner = mocha.run(() => resolve());
    runner.on('fail', (test, error) => failed.push(`${test.fullTitle()}: ${error.message}`));
  });
  if (failed.length > 0) throw new Error(`${failed.length} failed:\n${failed.join('\n')}`);
}
