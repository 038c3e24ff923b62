/** A theme as VS Code gives it to a webview. */
export interface Theme {
  readonly bodyClass: string;
  readonly variables: Readonly<Record<string, string>>;
}

/**
 * What VS Code does inside a webview before the page's own script runs. The page's address names the theme, and which opening of a
 * chat it belongs to: what was kept is of one alone. Serialised: uses nothing from outside.
 */
export function pretendEditor(themes: Readonly<Record<string, Theme>>): void {
  const key = 'page state';
  const asked = new URLSearchParams(location.search);
  const opening = asked.get('opening');
  const theme = themes[asked.get('theme') ?? ''];
  if (opening === null || theme === undefined) return;
  if (sessionStorage.getItem('opening') !== opening) {
    sessionStorage.clear();
    sessionStorage.setItem('opening', opening);
  }
  const world = window as unknown as { acquireVsCodeApi: unknown; sayToExtension(message: unknown): void };
  world.acquireVsCodeApi = () => ({
    postMessage: (message: unknown) => world.sayToExtension(message),
    getState: () => JSON.parse(sessionStorage.getItem(key) ?? 'null') ?? undefined,
    setState: (state: unknown) => sessionStorage.setItem(key, JSON.stringify(state)),
  });
  document.addEventListener('DOMContentLoaded', () => {
    document.body.classList.add(...theme.bodyClass.split(' '));
    for (const [name, value] of Object.entries(theme.variables))
      document.documentElement.style.setProperty(name, value);
  });
  // The editor has no scroll bar of the document either.
  document.addEventListener('securitypolicyviolation', (event) =>
    console.error(`refused: ${event.violatedDirective} ${event.blockedURI}`),
  );
}
