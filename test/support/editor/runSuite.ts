import type { BrowserContext } from 'playwright-core';

/** What came of a suite run inside an extension host. */
export interface SuiteResult {
  /** 0 when its `run()` resolved. */
  readonly code: number;
  /** What the suite wrote to the console, among what the workbench did. */
  readonly output: readonly string[];
}

/** Where the suite is and what it tests, as absolute paths. */
export interface SuiteOptions {
  /** The address of a window. */
  readonly url: string;
  readonly extensionDevelopmentPath: string;
  /** A CommonJS module with a `run()`, as `@vscode/test-electron` takes it. */
  readonly testsPath: string;
}

/**
 * Runs a suite inside the extension host of a window of its own, as `@vscode/test-electron` would, and
 * closes the window.
 */
export async function runSuite(context: BrowserContext, options: SuiteOptions): Promise<SuiteResult> {
  const page = await context.newPage();
  const output: string[] = [];
  const { host } = new URL(options.url);
  const remote = (path: string): object => ({ scheme: 'vscode-remote', authority: host, path });
  const ended = new Promise<number>((resolve, reject) => {
    page.on('close', () => reject(new Error('the window was closed before the suite ended')));
    page.on('crash', () => reject(new Error('the window crashed before the suite ended')));
    void page.exposeFunction('codeAutomationExit', (code: number) => resolve(code));
  });
  page.on('console', (message) => {
    // The extension host's lines arrive among the workbench's own, with a level and a colour around them.
    output.push(message.text().replace(/^%c *(?:INFO|WARN|ERR|TRACE|DEBUG)? color: \S+ /, ''));
  });
  await page.addInitScript(
    configure({
      extensions: [remote(options.extensionDevelopmentPath)],
      extensionTestsPath: remote(options.testsPath),
    }),
  );
  try {
    await page.goto(options.url);
    return { code: await ended, output };
  } finally {
    await page.goto('about:blank').catch(() => undefined);
    await page.close();
  }
}

/**
 * A script for the page: it adds `developmentOptions` to the workbench's configuration, which stands in the
 * HTML, as soon as that is parsed and before the workbench reads it.
 */
function configure(developmentOptions: object): string {
  return `new MutationObserver((_changes, observer) => {
    const meta = document.getElementById('vscode-workbench-web-configuration');
    if (!meta) return;
    observer.disconnect();
    const configuration = JSON.parse(meta.getAttribute('data-settings'));
    configuration.developmentOptions = ${JSON.stringify(developmentOptions)};
    meta.setAttribute('data-settings', JSON.stringify(configuration));
  }).observe(document, { childList: true, subtree: true });`;
}
