import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { statSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { beginSession } from '../support/editor/chat.ts';
import { sharedEditor } from '../support/editor/sharedEditor.ts';
import { treeRows } from '../support/editor/workbench.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const vsix = path.join(root, 'dist/holdfast.vsix');

/** An editor with the extension as people get it. */
const shared = sharedEditor({
  editor() {
    execFileSync(process.execPath, [path.join(root, 'scripts/package.mjs')], { cwd: root, stdio: 'pipe' });
    return { vsix };
  },
});

test('the packaged extension is installed in an editor, and a session runs in it', async () => {
  const { page, window } = shared;
  assert.ok(statSync(vsix).size < 3 * 1024 * 1024, 'it stays small');
  await beginSession(page, 'Shell');
  await shared.send('npm test');
  await shared.shows(/pass \d/u);
  await treeRows(page, 'Sessions', 'npm test').waitFor();
  assert.deepEqual(window.errors(), []);
});
