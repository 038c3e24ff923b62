import type { Interaction, Settlement } from '../../protocol/interaction.ts';
import type { AgentHost } from './agent.ts';

/** Characters of JSON of one question: it stands in the head for as long as it is open (law 7). */
export const MOST_QUESTION = 64 * 1024;
/** What is shown of a permission that weighs more. */
const [MOST_OPTIONS, MOST_NAME, MOST_TITLE, MOST_DESCRIPTION] = [50, 200, 2000, 16_000];

/**
 * Asks a person what an agent wants to know, as far as it can be kept. A permission that is too large loses the ends of its
 * texts; whatever still is too large is dismissed, and a notice says so.
 */
export function askBounded(
  host: AgentHost,
  interaction: Interaction,
  signal: AbortSignal,
): Promise<Settlement> {
  const bounded = [interaction, shortened(interaction)].find((each) => lengthOf(each) <= MOST_QUESTION);
  if (bounded !== undefined) return host.ask(bounded, signal);
  const kib = Math.ceil(lengthOf(interaction) / 1024);
  const reason = `what the agent asks is too large to be shown (${kib} KiB; at most ${MOST_QUESTION / 1024})`;
  host.emit({
    type: 'notice',
    level: 'warning',
    text: `A question was dismissed: ${reason}. Ask the agent to put it more shortly.`,
  });
  return Promise.resolve({ outcome: 'cancelled', reason });
}

function lengthOf(interaction: Interaction): number {
  return JSON.stringify(interaction).length;
}

function shortened(interaction: Interaction): Interaction {
  if (interaction.kind !== 'permission') return interaction;
  const { title, description, options } = interaction;
  return {
    ...interaction,
    title: cut(title, MOST_TITLE),
    ...(description !== undefined && { description: cut(description, MOST_DESCRIPTION) }),
    options: options
      .slice(0, MOST_OPTIONS)
      .map((option) => ({ ...option, name: cut(option.name, MOST_NAME) })),
  };
}

function cut(text: string, most: number): string {
  return text.length > most ? `${text.slice(0, most)} …` : text;
}
