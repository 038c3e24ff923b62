import * as vscode from 'vscode';

interface Manifest {
  readonly contributes: {
    readonly configuration: { readonly properties: Readonly<Record<string, { readonly scope?: string }>> };
  };
}

/**
 * Shows a setting of ours, or all of them, on the page that has it: in a window of another machine, what is a machine's stands
 * among that machine's settings, and a search among the person's finds nothing.
 */
export async function openSettings(key?: string): Promise<void> {
  const query = key === undefined ? '@ext:holdfast.holdfast' : `@id:${key}`;
  const isThere = vscode.env.remoteName !== undefined && (key === undefined || isOfMachine(key));
  await (isThere
    ? vscode.commands.executeCommand('workbench.action.openRemoteSettings', { query })
    : vscode.commands.executeCommand('workbench.action.openSettings', query));
}

function isOfMachine(key: string): boolean {
  const extension = vscode.extensions.getExtension('holdfast.holdfast');
  const manifest = extension?.packageJSON as Manifest | undefined;
  return manifest?.contributes.configuration.properties[key]?.scope?.startsWith('machine') === true;
}
