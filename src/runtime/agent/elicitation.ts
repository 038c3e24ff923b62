import { withDefaults } from '../../protocol/formAnswer.ts';
import type { Interaction, Settlement } from '../../protocol/interaction.ts';
import type { AgentHost } from './agent.ts';
import { askBounded } from './boundedQuestion.ts';
import { loose, textOf, type Loose } from './loose.ts';
import { formContent, questionsOf } from './quirks/formQuestions.ts';
import type { KnownCall } from './toolCalls.ts';

/** What an elicitation is asked with. */
export interface ElicitationRequest {
  readonly host: AgentHost;
  readonly params: Loose;
  readonly signal: AbortSignal;
  /** What is known of the tool call that asks. */
  readonly call: KnownCall | undefined;
}

/**
 * Asks a person what an agent elicits (A4), and gives the agent's answer: accept, decline and cancel kept apart. A kind that
 * is not known, and a URL that is no web page, is cancelled without a word to anybody (law 10).
 */
export async function elicit({ host, params, signal, call }: ElicitationRequest): Promise<Loose> {
  const interaction = interactionOf(params, call);
  if (interaction === undefined) return { action: 'cancel' };
  return answerOf(interaction, await askBounded(host, interaction, signal));
}

function interactionOf(params: Loose, call: KnownCall | undefined): Interaction | undefined {
  const title = textOf(params['message']) ?? 'The agent asks';
  const bound = call === undefined ? {} : { toolCallId: call.toolCallId };
  if (params['mode'] === 'url') {
    const url = webAddress(params['url']);
    return url === undefined ? undefined : { kind: 'url', title, url, ...bound };
  }
  if (params['mode'] !== 'form') return undefined;
  const schema = loose(params['requestedSchema']);
  const questions = questionsOf(title, schema);
  return questions === undefined
    ? { kind: 'form', title, schema, ...bound }
    : { kind: 'question', title, questions, ...bound };
}

function answerOf(interaction: Interaction, settlement: Settlement): Loose {
  if (settlement.outcome !== 'answered') return { action: 'cancel' };
  const { answer } = settlement;
  switch (answer.kind) {
    case 'reject':
      return { action: 'decline' };
    case 'accept':
      return interaction.kind === 'url' ? { action: 'accept' } : { action: 'cancel' };
    case 'values':
      if (interaction.kind === 'question')
        return { action: 'accept', content: formContent(interaction.questions, answer.values) };
      if (interaction.kind === 'form')
        return { action: 'accept', content: withDefaults(interaction.schema, answer.values) };
      return { action: 'cancel' };
    default:
      return { action: 'cancel' };
  }
}

/** As it is written, so that what a person consents to is what was asked; with its host in ASCII when it is opened. */
function webAddress(value: unknown): string | undefined {
  const url = textOf(value);
  if (url === undefined || !URL.canParse(url)) return undefined;
  const { protocol, href } = new URL(url);
  return protocol === 'https:' || protocol === 'http:' ? href : undefined;
}
