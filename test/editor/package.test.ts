import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { EditorWindow } from '../support/editor/editorWindow.ts';
import { startEditor } from '../support/editor/startEditor.ts';
import { chatFrame, openContainer, pickRow, treeRows } from '../support/editor/workbench.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

test('the packaged extension is installed in an editor, and a session runs in it', async (t) => {
  execFileSync(process.execPath, [path.join(root, 'scripts/package.mjs')], { cwd: root, stdio: 'pipe' });
  const vsix = path.join(root, 'dist/holdfast.vsix');
  assert.ok(statSync(vsix).size < 3 * 1024 * 1024, 'it stays small');
  const folder = mkdtempSync(path.join(process.env['HOLDFAST_TEST_RUN'] ?? tmpdir(), 'v-'));
  const workspace = path.join(folder, 'tides');
  cpSync(path.join(root, 'test/support/sampleWorkspace'), workspace, { recursive: true });
  const editor = await startEditor({ workspace, home: path.join(folder, 'home'), vsix });
  t.after(async () => {
    await editor.dispose();
    rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 });
  });
  const window: EditorWindow = await editor.openWindow();
  const { page } = window;
  await openContainer(page, 'Holdfast');
  await chatFrame(page, 'view').getByRole('button', { name: 'New Session' }).click();
  await pickRow(page, 'Shell');
  const composer = chatFrame(page, 'view').getByRole('textbox').last();
  await composer.fill('npm test');
  await composer.press('Enter');
  await chatFrame(page, 'view')
    .getByText(/pass \d/u)
    .first()
    .waitFor({ timeout: 60_000 });
  await treeRows(page, 'Sessions', 'npm test').waitFor();
  assert.deepEqual(window.errors(), []);
});
