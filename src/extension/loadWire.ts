import { turn } from '../base/turn.ts';
import type * as PageSchemas from '../protocol/pageSchemas.ts';
import type { createWire } from './wire.ts';
import { slices } from './wireSlices.ts';

let loading: Promise<void> | undefined;

/**
 * Loads, once, the code of all that talks to a runtime, in pieces with turns of the event loop between them, so that other
 * extensions have theirs (law 8).
 */
export function loadInSlices(): Promise<void> {
  return (loading ??= (async () => {
    for (const load of slices) {
      await turn();
      await load();
    }
    await turn();
  })());
}

/** What checks the messages of pages and their images, in the turn after it was loaded (law 8): it needs code that others share. */
export async function loadPageSchemas(): Promise<typeof PageSchemas> {
  await loadInSlices();
  const schemas = await import('../protocol/pageSchemas.ts');
  await turn();
  return schemas;
}

/** What talks to the runtime, which activation does not wait for. */
export async function loadWire(): Promise<{ readonly createWire: typeof createWire }> {
  await loadInSlices();
  const wire = await import('./wire.ts');
  await turn();
  return wire;
}
