import type { AgentRecord, McpServers } from '../protocol/agentDefinition.ts';
import { HoldfastError } from '../protocol/errors.ts';
import type { Head } from '../protocol/head.ts';
import type { AgentEvent, AgentHost, AgentProcess, AgentSession, ResolvedAgent } from './agent/agent.ts';
import type { SignIns } from './agents/signIns.ts';
import type { LinkOwner } from './agentLink.ts';
import { SessionFiles, type SharedDocuments } from './documents/sessionFiles.ts';
import { exitFailure, failureOf } from './failure.ts';
import type { Asking } from './asking.ts';
import type { Interactions } from './interactions.ts';
import type { Log } from './log.ts';
import type { SessionSecrets } from './sessionSecrets.ts';
import type { SessionWriter } from './sessionWriter.ts';
import type { Turns } from './turns.ts';

/** Values that live in the runtime's memory only, and are gone after its restart (ARCHITECTURE.md). */
export interface Values {
  agent?: ResolvedAgent | undefined;
  env?: Readonly<Record<string, string>> | undefined;
  mcpServers?: McpServers | undefined;
  /** Names of those whose values are secret whatever they look like (C5). */
  secrets?: readonly string[] | undefined;
}

/** The parts of a session that its agent touches. */
export interface AgentSideParts {
  head(): Head;
  readonly writer: SessionWriter;
  readonly turns: Turns;
  readonly interactions: Interactions;
  readonly asking: Asking;
  readonly values: Values;
  readonly secrets: SessionSecrets;
  restore(record: AgentRecord): ResolvedAgent;
  readonly documents: SharedDocuments;
  readonly signIns: SignIns;
  readonly log: Log;
  /** The agent gave a sign of life. */
  heard(): void;
  /** Something was written: whether more may come is for the session to say (law 9). */
  throttle?(): void;
}

/** What a session is to its agent: where events go, whom to ask, and what its coming and going means for the journal. */
export function agentSide(parts: AgentSideParts): LinkOwner {
  const { head, writer, turns, interactions, values, log, signIns } = parts;
  /** As it was defined, without what a person gave for signing in. */
  let defined: ResolvedAgent | undefined;
  return {
    head,
    host: hostOf(parts),
    resolve: () => {
      defined ??= values.agent ?? parts.restore(head().agent);
      // What is in `values` is known to be secret.
      return (values.agent = signIns.withValues(defined));
    },
    signIn: (needed) => signIns.settle(needed),
    values: () => ({
      env: complete(head().envNames, values.env ?? {}),
      mcpServers: complete(head().mcpServerNames ?? [], values.mcpServers ?? {}),
    }),
    secrets: () => parts.secrets.given,

    files() {
      const { agent, cwd, additionalDirectories } = head();
      // The Shell's commands read the disk: for them nothing of what is open need be known.
      const roots = agent.kind === 'shell' ? [] : [cwd, ...additionalDirectories];
      return new SessionFiles({ ...parts.documents, roots });
    },

    onStarted(process: AgentProcess, session: AgentSession) {
      const { processId, pid, info, takes } = process;
      const { agentSessionId, how } = session;
      signIns.worked(process, head().agent.id);
      const { agent, agentSessionId: before, forkedFrom } = head();
      writer.record({ type: 'agent.started', processId, pid, agentSessionId, how, ...info, takes });
      turns.resumeQueue();
      if ((before === undefined && forkedFrom === undefined) || how !== 'new' || agent.kind === 'shell')
        return;
      const text =
        before === undefined
          ? `${agent.name} could not fork the conversation: it does not remember what was said in the other session.`
          : `${agent.name} could not take its conversation up again: it does not remember what was said before.`;
      writer.record({ type: 'notice', level: 'warning', text });
    },

    onFailed(error) {
      const failure = failureOf(error);
      signIns.failed(head().agent.id, error);
      log.warn(`session ${head().sessionId}: the agent did not start`, error);
      writer.record({ type: 'session.detached', reason: failure.message, failure });
      turns.resumeQueue();
    },

    onLost(process, exit) {
      const failure = exitFailure(head().agent.name, exit);
      turns.fail(failure);
      interactions.cancel('the agent is gone');
      const { exitCode, signal, stderrTail } = exit;
      writer.record({ type: 'agent.exited', processId: process.processId, exitCode, signal, stderrTail });
      writer.record({
        type: 'session.detached',
        reason: exit.expected ? (exit.reason ?? failure.message) : failure.message,
        ...(exit.expected ? {} : { failure }),
      });
      turns.resumeQueue();
    },
  };
}

function hostOf({ head, writer, turns, asking, heard, throttle }: AgentSideParts): AgentHost {
  return {
    emit(event: AgentEvent) {
      if (head().ended) return;
      heard();
      turns.saw(event);
      writer.agentSaid(event, turns.current);
      throttle?.();
    },
    ask: (interaction, signal) =>
      head().ended
        ? Promise.resolve({ outcome: 'cancelled', reason: 'the session has ended' })
        : asking.ask(interaction, signal),
  };
}

/** What the session itself was given; values that only the last runtime knew are asked for by name. */
function complete<T>(
  names: readonly string[],
  values: Readonly<Record<string, T>>,
): Readonly<Record<string, T>> {
  const missing = names.filter((name) => !Object.hasOwn(values, name));
  if (missing.length === 0) return values;
  throw new HoldfastError(
    'agentStartFailed',
    `the values of ${missing.join(', ')} were lost when the runtime stopped; resume the session with them`,
    { missing },
  );
}
