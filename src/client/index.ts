/** What the extension uses of the client: the public API, and what it builds a channel of its own with. */
export * from './api.ts';
export { endRuntime } from './endRuntime.ts';
export { watchForUpgrade, type Upgrade } from './upgrade.ts';
export { createRegistry, type RegistryOptions, type SessionRegistry } from './registry.ts';
export {
  listenTo,
  notConnected,
  readNotification,
  readResult,
  requestError,
  type Channel,
} from './channel.ts';
export { createDialer, type DialCall, type Dialer, type DialOptions } from './dial.ts';
export type { Reached } from './reach.ts';
export { createJsonRpcChannel, type JsonRpcChannel, type JsonRpcChannelOptions } from './jsonRpcChannel.ts';
export { homePaths, type HomePaths } from './home.ts';
