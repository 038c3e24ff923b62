/** The package's main entry: everything a program may rely on, in the order in which docs/api.md tells of it. */

// Connecting
export { connect, type Connection, type ConnectOptions } from './connect.ts';
export type { ChannelState, RequestOptions } from './channel.ts';
export type { DialState } from './dial.ts';
export { readRemotes, type Remote, type Remotes } from './remote.ts';
export { resolveHome, type HomeOptions } from './home.ts';
export type { HoldCounters } from './hold.ts';
export type { Log } from './log.ts';

// Opening a session
export type {
  AttachConfig,
  Beginning,
  CreateConfig,
  ForkConfig,
  OpenCommon,
  OpenConfig,
  ResumeConfig,
} from './opening.ts';
export type { InteractionReply, InteractionRequest, SessionHandlers, Snapshot } from './handlers.ts';

// A session and its turns
export type { CommandOptions, PromptOptions, Session } from './session.ts';
export type { Turn } from './turn.ts';
export type { TurnEnd } from './turnWaits.ts';
export type { SessionEvents } from './eventStream.ts';

// One prompt
export type { OneShotOptions, OneShots, QueryOptions, QueryResult, RunResult } from './oneShot.ts';
export type { JsonSchema } from './jsonAnswer.ts';

// Failures
export { HoldfastError, isHoldfastError, type ErrorKind } from '../protocol/errors.ts';

// What sessions consist of
export type {
  Envelope,
  EventOf,
  EventType,
  KnownEvent,
  SessionEvent,
  UnknownEvent,
} from '../protocol/events.ts';
export type { Answer, Interaction, Settlement } from '../protocol/interaction.ts';
export type { ContentBlock } from '../protocol/content.ts';
export type { Head, Phase } from '../protocol/head.ts';
export type { Item } from '../protocol/items.ts';
export type { Summary } from '../protocol/summary.ts';
export type { McpServersIn } from '../protocol/agentDefinition.ts';
export type { Cursor } from '../protocol/methods.ts';

// Requests
export type { CallParams } from './outbox.ts';
export type { Method, NotificationParams, Result } from '../protocol/methods.ts';
export type { RuntimeHello } from '../protocol/handshake.ts';
