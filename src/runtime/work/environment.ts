/** Variables that describe how the editor or the runtime itself was started; a child that inherits them misbehaves. */
const EDITORS_OWN =
  /^(ELECTRON_RUN_AS_NODE|ELECTRON_NO_ATTACH_CONSOLE|VSCODE_.*|HOLDFAST_.*(TOKEN|SECRET|KEY|PASSWORD).*)$/i;

/**
 * The environment for an agent or a shell: the base without what belongs to the editor or to Holdfast's own secrets,
 * then the given variables over it, later ones winning. On Windows names differ only by more than case.
 */
export function childEnvironment(
  base: Readonly<Record<string, string | undefined>>,
  ...over: readonly Readonly<Record<string, string>>[]
): Record<string, string> {
  const result = new Map<string, readonly [name: string, value: string]>();
  const set = (name: string, value: string): unknown =>
    result.set(process.platform === 'win32' ? name.toUpperCase() : name, [name, value]);
  for (const [name, value] of Object.entries(base)) {
    if (value !== undefined && !EDITORS_OWN.test(name)) set(name, value);
  }
  // The editor's askpass program talks to the window it was given by the variables left out above.
  if (base['VSCODE_GIT_ASKPASS_MAIN'] !== undefined) result.delete('GIT_ASKPASS');
  for (const variables of over) {
    for (const [name, value] of Object.entries(variables)) set(name, value);
  }
  return Object.fromEntries(result.values());
}
