import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

import { startEditor } from '../support/editor/startEditor.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

test('the suite inside the extension host passes', async () => {
  const home = mkdtempSync(join(tmpdir(), 'holdfast-home-'));
  await using editor = await startEditor({
    workspace: join(root, 'test/support/sampleWorkspace'),
    home,
    extensionDevelopmentPath: root,
  });
  const { code, output } = await editor.runSuite(join(root, 'dist/test/editor/index.cjs'));
  assert.equal(code, 0, output.join('\n'));
  await editor.dispose();
  rmSync(home, { recursive: true, force: true });
});
