import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { systemClock } from '../../../../src/base/clock.ts';
import { newSessionId } from '../../../../src/protocol/ids.ts';
import type {
  AgentProcess,
  AgentSession,
  OpenAgentSession,
  ResolvedAgent,
  TurnResult,
} from '../../../../src/runtime/agent/agent.ts';
import { AcpProcess, type AgentProcessOptions } from '../../../../src/runtime/agent/agentProcess.ts';
import { DEADLINES } from '../../../../src/runtime/agent/pool.ts';
import { silentLog } from '../../../../src/runtime/log.ts';
import { childEnvironment } from '../../../../src/runtime/work/environment.ts';
import { RecordingHost, type Answering } from '../../../support/fakeAgents/recordingHost.ts';

/** A stop ladder for agents that end when their stdin does, however slow the machine is. */
export const PATIENT = { stdinMs: 60_000, termMs: 300 };
/** A stop ladder where some agent is deaf, and nobody looks at how the others end. */
export const QUICK = { stdinMs: 300, termMs: 300 };

export function start(agent: ResolvedAgent, change: Partial<AgentProcessOptions> = {}): Promise<AcpProcess> {
  return AcpProcess.start({
    agent,
    env: childEnvironment(process.env, agent.env),
    clock: systemClock,
    log: silentLog,
    deadlines: { ...DEADLINES, close: 500 },
    grace: PATIENT,
    version: '0.0.0',
    signal: new AbortController().signal,
    onUse: () => undefined,
    ...change,
  });
}

/** A session of an agent process, with the events it made. */
export interface Opened {
  readonly session: AgentSession;
  readonly host: RecordingHost;
  type(text: string): Promise<TurnResult>;
}

export async function open(
  agentProcess: AgentProcess,
  { answer, ...change }: Partial<OpenAgentSession> & { readonly answer?: Answering } = {},
): Promise<Opened> {
  const host = new RecordingHost(answer);
  const session = await agentProcess.open({
    sessionId: newSessionId(),
    cwd: tmpdir(),
    additionalDirectories: [],
    env: {},
    previous: undefined,
    host,
    signal: new AbortController().signal,
    ...change,
  });
  return { session, host, type: (text) => session.prompt([{ type: 'text', text }]) };
}

/** A real directory of a test's own, removed after it. */
export function directory(t: TestContext): string {
  const made = realpathSync(mkdtempSync(join(tmpdir(), 'holdfast-agent-')));
  t.after(() => rmSync(made, { recursive: true, force: true }));
  return made;
}
