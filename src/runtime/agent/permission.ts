import type { RequestPermissionResponse } from '@agentclientprotocol/sdk';
import {
  permissionOptionSchema,
  type Interaction,
  type PermissionOption,
  type Settlement,
} from '../../protocol/interaction.ts';
import { loose, readable, textOf, type Loose } from './loose.ts';
import type { KnownCall } from './toolCalls.ts';

type Permission = Extract<Interaction, { kind: 'permission' }>;

/**
 * The tool call that a permission request is about, as far as the request tells of it: beside the options in version 1, in its
 * subject in version 2.
 */
export function callOf(params: Loose): Loose {
  const { toolCall, toolCallId } = loose(params['subject']);
  if (params['toolCall'] !== undefined) return loose(params['toolCall']);
  return toolCall === undefined ? { toolCallId } : loose(toolCall);
}

/**
 * An agent's permission request as the interaction that a person settles, with every option it can be read from
 * (https://agentclientprotocol.com/protocol/v1/tool-calls#requesting-permission).
 */
export function permissionOf(params: Loose, call: KnownCall | undefined): Permission {
  const { command, cwd } = loose(params['subject']);
  const run =
    typeof command === 'string' ? `$ ${command}\n(in ${textOf(cwd) ?? 'the session’s directory'})` : '';
  const description = [textOf(params['description']) ?? '', run].filter((text) => text !== '').join('\n\n');
  return {
    kind: 'permission',
    title: textOf(params['title']) ?? call?.title ?? 'The agent asks for permission',
    ...(description !== '' && { description }),
    options: readable(params['options'], permissionOptionSchema),
    ...(call !== undefined && { toolCallId: call.toolCallId }),
  };
}

/**
 * What the agent is told. A rejection chooses its option for rejecting once where it has one; whatever else does not
 * choose, and an option it never offered, is `cancelled`: nothing is ever allowed by default (law 10).
 */
export function permissionAnswer(
  options: readonly PermissionOption[],
  settlement: Settlement,
): RequestPermissionResponse {
  const optionId = settlement.outcome === 'answered' ? chosen(options, settlement.answer) : undefined;
  return { outcome: optionId === undefined ? { outcome: 'cancelled' } : { outcome: 'selected', optionId } };
}

function chosen(
  options: readonly PermissionOption[],
  answer: Extract<Settlement, { outcome: 'answered' }>['answer'],
): string | undefined {
  if (answer.kind === 'option') return options.find(({ optionId }) => optionId === answer.optionId)?.optionId;
  if (answer.kind === 'reject') return options.find(({ kind }) => kind === 'reject_once')?.optionId;
  return undefined;
}
