import { HoldfastError } from '../protocol/errors.ts';
import type { By } from '../protocol/events.ts';
import type { Head } from '../protocol/head.ts';
import type { Params } from '../protocol/methods.ts';
import type { AgentSession } from './agent/agent.ts';
import type { Audit } from './audit.ts';
import type { SessionWriter } from './sessionWriter.ts';

/** What a session’s settings are changed with. */
export interface SettingsParts {
  head(): Head;
  readonly writer: SessionWriter;
  readonly audit: Audit;
  ensureAgent(): Promise<AgentSession>;
}

/** A change of settings; only what is given changes. */
export type SettingsChange = Omit<Params<'session/configure'>, 'sessionId' | 'commandId'>;

/**
 * Changes settings. Those of the agent are asked of it first; it must be running for that, and is started if need be. Throws
 * `sessionEnded`, and what the agent says to a setting it does not take.
 */
export async function changeSettings(parts: SettingsParts, change: SettingsChange, by: By): Promise<void> {
  const { writer } = parts;
  const { title, mode, model, options, ...own } = change;
  if (mode !== undefined || model !== undefined || options !== undefined)
    await configureAgent(parts, { mode, model, options }, by);
  if (title !== undefined) writer.record({ type: 'session.renamed', title, source: 'person' }, { by });
  const { pinned, archived, readSeq, permissionMode, waitLimitMs } = own;
  const head = parts.head();
  // Who sets a policy anew to what it is stands behind it from now on.
  const news =
    permissionMode !== undefined ||
    (pinned ?? head.pinned) !== head.pinned ||
    (archived ?? head.archived) !== head.archived ||
    (waitLimitMs ?? head.waitLimitMs) !== head.waitLimitMs ||
    (readSeq ?? 0) > head.readSeq;
  if (!news) return;
  const durable = permissionMode !== undefined;
  writer.record(
    { type: 'session.configured', pinned, archived, readSeq, permissionMode, waitLimitMs },
    { by, durable },
  );
}

async function configureAgent(
  { head, audit, ensureAgent }: SettingsParts,
  settings: Pick<SettingsChange, 'mode' | 'model' | 'options'>,
  by: By,
): Promise<void> {
  if (head().ended) throw new HoldfastError('sessionEnded', `“${head().title}” has ended; resume it first`);
  const agent = await ensureAgent();
  await agent.configure(settings);
  // What the agent says of its settings has no `by`.
  const { mode, model, options = {} } = settings;
  const given = Object.entries({ mode, model, ...options }).filter(([, value]) => value !== undefined);
  audit.taken('session/configure', by, 'done', given.map(([name, value]) => `${name}: ${value}`).join(', '));
}
