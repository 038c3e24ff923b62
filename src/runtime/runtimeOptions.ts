import type { Clock } from '../base/clock.ts';
import type { Disposable } from '../base/disposable.ts';
import type { FrameSocket } from '../protocol/frames.ts';
import type { Params } from '../protocol/methods.ts';
import type { AgentPool } from './agent/agent.ts';
import type { AgentDefinitions } from './agent/definitions.ts';
import type { AgentLogs } from './agentLogs.ts';
import type { AgentCatalogue } from './agents/catalogue.ts';
import type { Journal } from './journal/journal.ts';
import type { KnownSecrets } from './knownSecrets.ts';
import type { Log } from './log.ts';
import type { RuleStore } from './ruleStore.ts';

/** What a runtime is made of; `main` makes the real parts. */
export interface RuntimeOptions {
  readonly journal: Journal;
  readonly pool: AgentPool;
  readonly definitions: AgentDefinitions;
  readonly catalogue: AgentCatalogue;
  /** What agents write to stderr; absent where it is not kept. */
  readonly agentLogs?: AgentLogs | undefined;
  readonly clock: Clock;
  readonly log: Log;
  /** Learns which values must not be seen in logs and errors (C5). */
  readonly secrets?: KnownSecrets | undefined;
  readonly home: string;
  /** For files that nobody needs after it; the system's unless given. */
  readonly temporary?: string | undefined;
  readonly buildId: string;
  readonly lingerMs: number;
  readonly cancelGraceMs?: number | undefined;
  /** So long a turn may be silent before it is shown as stalled (T8). */
  readonly stalledMs?: number | undefined;
  /** Permission rules; in memory only, unless given. */
  readonly rules?: RuleStore | undefined;
  readonly documentWriteMs?: number | undefined;
  /** Ends what a dead runtime left running; told about before anything new may start. */
  sweep(): Promise<void>;
  /** Where the runtime listens, once it does. */
  socket(): string;
  /** Takes connections on a port; absent where there are none to be had. */
  listen?(
    params: Params<'runtime/listen'>,
    accept: (socket: FrameSocket) => void,
  ): Promise<Disposable & { readonly url: string }>;
  /** The runtime wants to go: nobody needs it, or it was asked to. */
  onRetired(reason: string): void;
}
