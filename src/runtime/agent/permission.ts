import type { RequestPermissionResponse } from '@agentclientprotocol/sdk';
import {
  permissionOptionSchema,
  type Interaction,
  type PermissionOption,
  type Settlement,
} from '../../protocol/interaction.ts';
import { readable, textOf, type Loose } from './loose.ts';
import type { KnownCall } from './toolCalls.ts';

type Permission = Extract<Interaction, { kind: 'permission' }>;

/**
 * An agent's permission request as the interaction that a person settles, with every option it can be read from
 * (https://agentclientprotocol.com/protocol/v1/tool-calls#requesting-permission).
 */
export function permissionOf(params: Loose, call: KnownCall | undefined): Permission {
  return {
    kind: 'permission',
    title: call?.title ?? textOf(params['title']) ?? 'The agent asks for permission',
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
