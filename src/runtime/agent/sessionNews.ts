import { planEntrySchema, type PlanEntry } from '../../protocol/sessionState.ts';
import type { AgentEvent } from './agent.ts';
import { BoundedMap } from './boundedMap.ts';
import { Compactions } from './compactions.ts';
import { boundedForHead } from './headBounds.ts';
import { listOf, loose, numberOf, readable, textOf, type Loose } from './loose.ts';
import type { SessionSettings } from './sessionSettings.ts';

/** An update of an unknown kind is kept whole up to this length as JSON. */
const KEPT_LENGTH = 16 * 1024;

/** Characters of a title: it stands in every list. */
const TITLE_LENGTH = 500;
const CURRENCY_LENGTH = 20;
/** Plans that are shown together. */
const MOST_PLANS = 100;

/**
 * What agents tell of a session besides its messages and tool calls, in every version of ACP the same: plan, commands,
 * settings, title, usage, notices, compactions; and kinds that nobody knows, which are kept (A1, A3).
 */
export class SessionNews {
  readonly #emit: (event: AgentEvent) => void;
  readonly #settings: SessionSettings;
  readonly #compactions: Compactions;
  /** The plans by the agent's id; the one of ACP v1 has none. */
  readonly #plans = new BoundedMap<string, readonly PlanEntry[]>(MOST_PLANS);

  constructor(emit: (event: AgentEvent) => void, settings: SessionSettings) {
    this.#emit = (event) => emit(boundedForHead(event));
    this.#settings = settings;
    this.#compactions = new Compactions(emit);
  }

  /** Takes an update that is no message and no tool call. Of the `past` only what still holds is taken. */
  update(update: Loose, { past = false }: { readonly past?: boolean } = {}): void {
    switch (update['sessionUpdate']) {
      case 'available_commands_update':
        return this.#commands(update['availableCommands']);
      case 'current_mode_update':
        return this.#settings.modeChanged(update['currentModeId']);
      case 'config_option_update':
        return this.#settings.optionsChanged(update['configOptions']);
      case 'session_info_update':
        return this.#title(update);
      case 'usage_update':
        return this.#usage(update);
    }
    if (!past) this.#live(update);
  }

  #live(update: Loose): void {
    switch (update['sessionUpdate']) {
      case 'plan':
        return this.#plan('', update);
      case 'plan_update':
        return this.#planUpdate(update);
      case 'plan_removed':
        return this.#plan(textOf(update['planId']) ?? textOf(update['id']) ?? '', {});
      case 'notice':
        return this.#notice(update);
      case 'compaction_update':
        return this.#compactions.update(update);
      case 'compaction_summary_chunk':
        return this.#compactions.chunk(update);
      default:
        return this.#keep(update);
    }
  }

  /** A turn begins or is over. */
  settle(): void {
    this.#compactions.settle();
  }

  #planUpdate(update: Loose): void {
    const plan = loose(update['plan']);
    // A plan that is a file or a text is of a kind that this version does not know.
    if (plan['type'] !== 'items') return this.#keep(update);
    this.#plan(textOf(plan['planId']) ?? textOf(plan['id']) ?? '', plan);
  }

  /** Several plans are shown as one, in the order in which they came. */
  #plan(id: string, plan: Loose): void {
    const entries = readable(plan['entries'], planEntrySchema);
    if (entries.length === 0) this.#plans.delete(id);
    else this.#plans.set(id, entries);
    this.#emit({ type: 'plan.updated', entries: [...this.#plans.values()].flat() });
  }

  #commands(availableCommands: unknown): void {
    const commands = listOf(availableCommands).flatMap((entry) => {
      const { name, description, input } = loose(entry);
      const hint = textOf(loose(input)['hint']);
      if (typeof name !== 'string') return [];
      return [{ name, description: textOf(description) ?? '', ...(hint !== undefined && { hint }) }];
    });
    this.#emit({ type: 'commands.updated', commands });
  }

  #title(update: Loose): void {
    const title = textOf(update['title'])?.trim().slice(0, TITLE_LENGTH);
    if (title !== undefined && title !== '') this.#emit({ type: 'session.renamed', title, source: 'agent' });
  }

  #usage(update: Loose): void {
    const cost = loose(update['cost']);
    // The one text in it, and it stays in the head: an agent's own name for money is cut, an ISO code never.
    const currency = textOf(cost['currency'])?.slice(0, CURRENCY_LENGTH);
    const amount = numberOf(cost['amount']);
    this.#emit({
      type: 'usage.updated',
      usedTokens: numberOf(update['used']),
      windowTokens: numberOf(update['size']),
      ...(amount !== undefined && currency !== undefined && { cost: { amount, currency } }),
    });
  }

  #notice(update: Loose): void {
    const title = textOf(update['title'])?.trim();
    if (title === undefined || title === '') return;
    const severity = update['severity'];
    const level = severity === 'warning' || severity === 'error' ? severity : 'info';
    const description = textOf(update['description'])?.trim() ?? '';
    this.#emit({ type: 'notice', level, text: description === '' ? title : `${title}\n\n${description}` });
  }

  #keep(update: Loose): void {
    const kind = textOf(update['sessionUpdate'])?.slice(0, 200);
    if (kind === undefined) return;
    const bytes = Buffer.byteLength(JSON.stringify(update));
    this.#emit({ type: 'update.received', kind, ...(bytes <= KEPT_LENGTH ? { update } : { bytes }) });
  }
}
