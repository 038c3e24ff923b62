import { artifactHandlers } from './handlers/artifactHandlers.ts';
import { agentHandlers } from './handlers/agentHandlers.ts';
import { openingHandlers } from './handlers/openingHandlers.ts';
import type { HandlerParts, Handlers } from './handlers/handlerParts.ts';
import { ruleHandlers } from './handlers/ruleHandlers.ts';
import { runtimeHandlers } from './handlers/runtimeHandlers.ts';
import { storeHandlers } from './handlers/storeHandlers.ts';
import { transferHandlers } from './handlers/transferHandlers.ts';
import { turnHandlers } from './handlers/turnHandlers.ts';

export type { Caller, Cancellation, HandlerParts, Handlers } from './handlers/handlerParts.ts';

/** What answers every request; the groups are those of `protocol/methods`. */
export function createHandlers(parts: HandlerParts): Handlers {
  return {
    ...runtimeHandlers(parts),
    ...agentHandlers(parts),
    ...openingHandlers(parts),
    ...turnHandlers(parts),
    ...storeHandlers(parts),
    ...artifactHandlers(parts),
    ...transferHandlers(parts),
    ...ruleHandlers(parts),
  };
}
