import { RequestError } from '@agentclientprotocol/sdk';
import { HoldfastError } from '../../protocol/errors.ts';
import type { AcpConnection, RequestOptions } from './acpConnection.ts';
import { capabilitiesOf, type AcpVersion, type Capabilities } from './capabilities.ts';
import { listOf, loose, type Loose } from './loose.ts';

/** What we offer to agents in both versions. */
const ELICITATION = { form: {}, url: {} };

/** What we offer to agents that speak version 1. `terminal_output` asks for the output of terminals that agents run themselves. */
const CAPABILITIES_V1 = {
  fs: { readTextFile: true, writeTextFile: true },
  terminal: true,
  elicitation: ELICITATION,
  session: { configOptions: { boolean: {} }, notices: {}, compaction: {} },
  auth: { terminal: true },
  _meta: { terminal_output: true, 'terminal-auth': true },
};

/** What we offer to agents that speak version 2, in which files and terminals are the agent's own. */
const CAPABILITIES_V2 = { elicitation: ELICITATION, auth: { terminal: {} } };

const ERROR_UNSUPPORTED_VERSION = -32022;

/** How hands are shaken. */
export interface HandshakeOptions extends RequestOptions {
  /** The newest version that is offered. */
  readonly newest: AcpVersion;
  /** Our own version, as agents are told. */
  readonly version: string;
}

/**
 * Agrees with an agent on a version of ACP (A1): the newest that both speak, asked for with what both versions want to know,
 * so that an agent of either can answer. An agent that refuses the newer one is asked again for version 1. Rejects with
 * `agentStartFailed` naming the versions of both sides, or with what the agent answered.
 */
export async function shakeHands(
  connection: AcpConnection,
  { newest, version, ...options }: HandshakeOptions,
): Promise<Capabilities> {
  const ask = async (asked: AcpVersion): Promise<Loose> =>
    loose(await connection.request('initialize', paramsOf(asked, version), options));
  let answer: Loose;
  try {
    answer = await ask(newest);
  } catch (error) {
    if (!(error instanceof RequestError) || newest === 1) throw error;
    if (error.code === ERROR_UNSUPPORTED_VERSION) {
      const theirs = listOf(loose(error.data)['supported']);
      if (theirs.length > 0 && !theirs.includes(1)) throw otherVersions(theirs, newest);
    }
    answer = await ask(1);
  }
  const agreed = versionOf(answer);
  if (agreed === undefined || agreed > newest) throw otherVersions([answer['protocolVersion']], newest);
  return capabilitiesOf(answer, agreed);
}

/**
 * The version that an answer speaks. Some agents of version 1 answer with whatever number they were asked for: what an agent
 * must say of itself in version 2 is missing then.
 */
function versionOf({ protocolVersion, info, capabilities }: Loose): AcpVersion | undefined {
  if (protocolVersion === 1) return 1;
  if (protocolVersion !== 2) return undefined;
  return info === undefined && capabilities === undefined ? 1 : 2;
}

function paramsOf(protocolVersion: AcpVersion, version: string): object {
  const info = { name: 'holdfast', title: 'Holdfast', version };
  const first = { protocolVersion, clientCapabilities: CAPABILITIES_V1, clientInfo: info };
  return protocolVersion === 1 ? first : { ...first, capabilities: CAPABILITIES_V2, info };
}

function otherVersions(theirs: readonly unknown[], newest: AcpVersion): HoldfastError {
  const said = theirs.map((each) => JSON.stringify(each) ?? 'none');
  const ours = newest === 1 ? 'version 1' : 'versions 1 and 2';
  const words = `it speaks version${said.length > 1 ? 's' : ''} ${said.join(' and ')} of ACP, and Holdfast ${ours}`;
  return new HoldfastError('agentStartFailed', words);
}
