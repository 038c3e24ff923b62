/** The nonce that lets a script run; read while the first one runs, which alone is told. */
export const nonce = document.currentScript?.nonce ?? '';

/** The scripts that are loaded when they are first needed: see `chatHtml.ts`. */
export type LazyScript = 'highlight' | 'find' | 'later' | 'composer' | 'math' | 'diagrams';

/** Loads another script of the page. `false` where that failed. */
export function loadScript(name: LazyScript): Promise<boolean> {
  const address = document.querySelector<HTMLElement>('#app')?.dataset[name];
  if (address === undefined) return Promise.resolve(false);
  return new Promise((resolve) => {
    const script = document.createElement('script');
    script.nonce = nonce;
    script.src = address;
    script.onload = () => resolve(true);
    script.onerror = () => resolve(false);
    document.head.append(script);
  });
}
