import type { BrowserContext } from 'playwright-core';

/**
 * Spares the editor's webviews the look for a newer service worker: the server, and with it the worker, stays the same as long
 * as the browser lives, and Chromium puts that look off for some seconds, for which each webview waits that is not the first.
 */
export async function keepWebviewWorker(context: BrowserContext): Promise<void> {
  await context.addInitScript(KEEP);
}

/** Runs in each frame before its own scripts. A worker of another address is registered as ever. */
const KEEP = `(() => {
  if (!('ServiceWorkerContainer' in globalThis)) return;
  const { register } = ServiceWorkerContainer.prototype;
  ServiceWorkerContainer.prototype.register = async function (script, options) {
    const { href } = new URL(script, location.href);
    const known = await this.getRegistration(new URL('.', href).href);
    return known?.active?.scriptURL === href ? known : register.call(this, script, options);
  };
  ServiceWorkerRegistration.prototype.update = async function () {
    return this;
  };
})();`;
