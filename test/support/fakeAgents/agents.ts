import { fileURLToPath } from 'node:url';
import type { ResolvedAgent } from '../../../src/runtime/agent/agent.ts';

/** The fake agents: one small program each, without the ACP SDK. Each says in its first lines what it does wrong. */
export type FakeAgent =
  | 'scripted'
  | 'silent'
  | 'crashAtStart'
  | 'noisy'
  | 'updatesBeforeNew'
  | 'ignoresCancel'
  | 'badStopReason'
  | 'asksWhileOpening'
  | 'heavy'
  | 'paced'
  | 'scriptedV2'
  | 'versions'
  | 'answersOnce';

/** The path of a fake agent's program, for `agents.json`: run with `process.execPath`. */
export function fakeAgentFile(name: FakeAgent): string {
  return fileURLToPath(new URL(`./${name}.mjs`, import.meta.url));
}

/** A fake agent as a resolved definition. */
export function fakeAgent(
  name: FakeAgent,
  { env = {}, isolate = false }: { env?: Record<string, string>; isolate?: boolean } = {},
): ResolvedAgent {
  const args = [fakeAgentFile(name)];
  return { record: { id: name, name, kind: 'acp', command: process.execPath, args, isolate }, env };
}
