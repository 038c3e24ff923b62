import assert from 'node:assert/strict';
import { test } from 'node:test';
import { lookOf } from '../../../src/extension/sessionLook.ts';
import type { Attention } from '../../../src/protocol/attention.ts';
import type { Phase } from '../../../src/protocol/head.ts';
import { phaseLook } from '../../../src/webview/phase.ts';

const phases: readonly Phase[] = ['opening', 'idle', 'running', 'waiting', 'detached', 'ended'];
const attentions: readonly Attention[] = ['needsYou', 'failed', 'finished', 'working', 'none'];

test('a session has the same icon and the same name for how it stands in the chat as in the list (U1, U3)', () => {
  const t = (text: string): string => text;
  for (const phase of phases)
    for (const attention of attentions)
      for (const archived of [false, true])
        for (const failed of [false, true]) {
          const standing = { phase, attention, archived, failed };
          const { icon, label, spin = false } = phaseLook(standing);
          const inList = lookOf(standing, t);
          assert.deepEqual(
            { icon: spin ? `${icon}~spin` : icon, label },
            { icon: inList.icon, label: inList.label },
            JSON.stringify(standing),
          );
        }
});
