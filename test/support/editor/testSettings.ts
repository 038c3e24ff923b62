/**
 * Settings that keep an editor under test quiet and quick: nothing asks the network, and nothing that is
 * not ours opens or moves.
 *
 * @param trust As in `EditorOptions`.
 */
export function testSettings(trust: boolean | 'ask'): Record<string, unknown> {
  return {
    'chat.disableAIFeatures': true,
    'extensions.autoCheckUpdates': false,
    // By its present name: a value of earlier releases is one that each window writes anew, into both files.
    'extensions.autoUpdate': 'off',
    'extensions.ignoreRecommendations': true,
    'git.autofetch': false,
    'git.openRepositoryInParentFolders': 'never',
    'npm.fetchOnlinePackageInfo': false,
    'terminal.integrated.gpuAcceleration': 'off',
    'security.workspace.trust.enabled': trust !== true,
    'security.workspace.trust.startupPrompt': trust === 'ask' ? 'always' : 'never',
    'update.mode': 'none',
    'workbench.enableExperiments': false,
    // Focus that comes late to a chat that opens closes the picker that is used meanwhile.
    'workbench.quickOpen.closeOnFocusLost': false,
    'workbench.reduceMotion': 'on',
    'workbench.secondarySideBar.defaultVisibility': 'hidden',
    'workbench.startupEditor': 'none',
    'workbench.tips.enabled': false,
  };
}

/**
 * Extensions that come with the editor and that no test needs: left out, a window is ready sooner. Languages
 * and git stay, since people have them.
 */
export const skippedExtensions: readonly string[] = [
  'github.copilot-chat',
  'ms-vscode.js-debug',
  'ms-vscode.js-debug-companion',
  'ms-vscode.vscode-js-profile-table',
  'vscode.debug-auto-launch',
  'vscode.emmet',
  'vscode.extension-editing',
  'vscode.github',
  'vscode.github-authentication',
  'vscode.grunt',
  'vscode.gulp',
  'vscode.jake',
  'vscode.microsoft-authentication',
  'vscode.npm',
  'vscode.terminal-suggest',
  'vscode.tunnel-forwarding',
  'vscode.typescript-language-features',
];
