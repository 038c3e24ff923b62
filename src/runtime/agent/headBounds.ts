import type { AgentEvent } from './agent.ts';

/** Characters of JSON of one event whose content stays in the head. */
export const MOST_IN_HEAD = 256 * 1024;
/** Entries of a list, and characters of a text, in an event that has to be cut. */
const MOST_ENTRIES = 512;
const MOST_TEXT = 200;

/** What these tell is written with every event after them, until it is told anew. */
const IN_HEAD: ReadonlySet<AgentEvent['type']> = new Set([
  'session.configured',
  'plan.updated',
  'commands.updated',
]);

/**
 * An agent's event as the head can keep it: the head is bounded, whatever an agent tells (laws 5 and 7). One that weighs too
 * much loses the ends of its texts, and then the ends of its lists.
 */
export function boundedForHead(event: AgentEvent): AgentEvent {
  if (!IN_HEAD.has(event.type) || JSON.stringify(event).length <= MOST_IN_HEAD) return event;
  for (let entries = MOST_ENTRIES; ; entries = Math.floor(entries / 2)) {
    const cut = within(event, entries) as AgentEvent;
    if (entries === 0 || JSON.stringify(cut).length <= MOST_IN_HEAD) return cut;
  }
}

function within(value: unknown, entries: number): unknown {
  if (typeof value === 'string') return value.slice(0, MOST_TEXT);
  if (Array.isArray(value)) return value.slice(0, entries).map((entry) => within(entry, entries));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, field]) => [name, within(field, entries)]));
}
