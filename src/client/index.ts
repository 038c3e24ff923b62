/** The public API of the package (ARCHITECTURE.md), and what the extension builds its own channel with. */
export { connect, type Connection, type ConnectOptions } from './connect.ts';
export { endRuntime } from './endRuntime.ts';
export { watchForUpgrade, type Upgrade } from './upgrade.ts';
export { createRegistry, type RegistryOptions, type SessionRegistry } from './registry.ts';
export type {
  AttachConfig,
  Beginning,
  CreateConfig,
  ForkConfig,
  OpenConfig,
  ResumeConfig,
} from './opening.ts';
export type { CommandOptions, PromptOptions, Session } from './session.ts';
export type { OneShotOptions, OneShots, QueryOptions, QueryResult, RunResult } from './oneShot.ts';
export type { JsonSchema } from './jsonAnswer.ts';
export type { Turn } from './turn.ts';
export type { TurnEnd } from './turnWaits.ts';
export type { InteractionReply, InteractionRequest, SessionHandlers, Snapshot } from './handlers.ts';
export type { EventStream } from './eventStream.ts';
export type { CallParams } from './outbox.ts';
export {
  listenTo,
  notConnected,
  readNotification,
  readResult,
  requestError,
  type Channel,
  type ChannelState,
  type RequestOptions,
} from './channel.ts';
export { createDialer, type DialCall, type Dialer, type DialOptions, type DialState } from './dial.ts';
export type { Reached } from './reach.ts';
export { createJsonRpcChannel, type JsonRpcChannel, type JsonRpcChannelOptions } from './jsonRpcChannel.ts';
export { readRemotes, type Remote, type Remotes } from './remote.ts';
export type { HoldCounters } from './hold.ts';
export { resolveHome, homePaths, type HomeOptions, type HomePaths } from './home.ts';
export type { Log } from './log.ts';
export { HoldfastError, isHoldfastError, type ErrorKind } from '../protocol/errors.ts';
export type { Envelope, EventOf, EventType, KnownEvent, SessionEvent } from '../protocol/events.ts';
export type { Head, Phase } from '../protocol/head.ts';
export type { Item } from '../protocol/items.ts';
export type { Summary } from '../protocol/summary.ts';
export type { Answer, Interaction, Settlement } from '../protocol/interaction.ts';
export type { ContentBlock } from '../protocol/content.ts';
export type { McpServersIn } from '../protocol/agentDefinition.ts';
export type { Cursor, Method, Result } from '../protocol/methods.ts';
export type { RuntimeHello } from '../protocol/handshake.ts';
