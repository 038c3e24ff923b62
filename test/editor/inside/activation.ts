import assert from 'node:assert/strict';

import { describe, it } from 'mocha';
import * as vscode from 'vscode';

describe('activation', () => {
  const extension = vscode.extensions.getExtension('holdfast.holdfast');

  it('succeeds', async () => {
    assert.ok(extension, 'the editor knows the extension');
    await extension.activate();
    assert.ok(extension.isActive);
  });

  it('registers every command that the manifest names', async () => {
    const manifest = extension?.packageJSON as { contributes?: { commands?: { command: string }[] } };
    const registered = new Set(await vscode.commands.getCommands(true));
    const missing = (manifest.contributes?.commands ?? [])
      .map(({ command }) => command)
      .filter((command) => !registered.has(command));
    assert.deepEqual(missing, []);
  });
});
