import type { createWire } from './wire.ts';

/** What the wire is made of; what a step loads, the later ones find loaded. */
const steps: readonly (() => Promise<unknown>)[] = [
  () => import('../protocol/handshake.ts'),
  () => import('../protocol/interaction.ts'),
  () => import('../protocol/parseEnvelope.ts'),
  () => import('../protocol/methods.ts'),
  () => import('../client/socket.ts'),
  () => import('../client/index.ts'),
  () => import('vscode-languageclient'),
  () => import('vscode-languageclient/node'),
];

/**
 * Loads all that talks to the runtime, which activation does not wait for: in steps with turns of the event loop between
 * them, so that other extensions have theirs (law 8).
 */
export async function loadWire(): Promise<{ readonly createWire: typeof createWire }> {
  for (const load of steps) {
    await turn();
    await load();
  }
  await turn();
  return import('./wire.ts');
}

function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
