import type { ContentBlock } from '../../protocol/content.ts';
import { loose, textOf, type Loose } from './loose.ts';
import { signInOfferOf, type SignInOffer } from './signIn.ts';

/** A version of ACP that is spoken here. */
export type AcpVersion = 1 | 2;

/** The newest version that agents are offered. */
export const NEWEST_ACP: AcpVersion = 2;

/** What an agent said of itself in `initialize`. What is absent is never used (A1). */
export interface Capabilities {
  readonly version: AcpVersion;
  readonly info: { readonly name?: string | undefined; readonly version?: string | undefined };
  readonly load: boolean;
  readonly resume: boolean;
  readonly close: boolean;
  readonly list: boolean;
  readonly fork: boolean;
  readonly delete: boolean;
  readonly additionalDirectories: boolean;
  /** How MCP servers may be reached. */
  readonly mcp: { readonly stdio: boolean; readonly http: boolean; readonly sse: boolean };
  readonly image: boolean;
  readonly audio: boolean;
  readonly embeddedContext: boolean;
  readonly signIns: SignInOffer;
}

/** Reads the answer to `initialize`, in the version that was agreed on. */
export function capabilitiesOf(answer: Loose, version: AcpVersion = 1): Capabilities {
  return version === 1 ? capabilitiesV1(answer) : capabilitiesV2(answer);
}

const offers = (value: unknown): boolean => typeof value === 'object' && value !== null;

function capabilitiesV1(answer: Loose): Capabilities {
  const agent = loose(answer['agentCapabilities']);
  const session = loose(agent['sessionCapabilities']);
  const mcp = loose(agent['mcpCapabilities']);
  const prompt = loose(agent['promptCapabilities']);
  return {
    version: 1,
    info: infoOf(answer['agentInfo']),
    load: agent['loadSession'] === true,
    resume: offers(session['resume']),
    close: offers(session['close']),
    list: offers(session['list']),
    ...extrasOf(session),
    mcp: { stdio: true, http: mcp['http'] === true, sse: mcp['sse'] === true },
    image: prompt['image'] === true,
    audio: prompt['audio'] === true,
    embeddedContext: prompt['embeddedContext'] === true,
    signIns: signInOfferOf(answer, 1),
  };
}

/** An agent that offers sessions at all can list, resume and close them; `resume` also tells their past. */
function capabilitiesV2(answer: Loose): Capabilities {
  const offered = loose(answer['capabilities'])['session'];
  const session = loose(offered);
  const mcp = loose(session['mcp']);
  const prompt = loose(session['prompt']);
  const sessions = offers(offered);
  return {
    version: 2,
    info: infoOf(answer['info']),
    load: false,
    resume: sessions,
    close: sessions,
    list: sessions,
    ...extrasOf(session),
    mcp: { stdio: offers(mcp['stdio']), http: offers(mcp['http']), sse: false },
    image: offers(prompt['image']),
    audio: offers(prompt['audio']),
    embeddedContext: offers(prompt['embeddedContext']),
    signIns: signInOfferOf(answer, 2),
  };
}

function extrasOf(session: Loose): Pick<Capabilities, 'fork' | 'delete' | 'additionalDirectories'> {
  return {
    fork: offers(session['fork']),
    delete: offers(session['delete']),
    additionalDirectories: offers(session['additionalDirectories']),
  };
}

function infoOf(value: unknown): Capabilities['info'] {
  const { name, title, version } = loose(value);
  return { name: textOf(title) ?? textOf(name), version: textOf(version) };
}

/**
 * What of a prompt the agent cannot take, in words; `undefined` when it takes all. Images and sounds are not left out
 * unsaid (A3).
 */
export function refusalOf(
  content: readonly ContentBlock[],
  { image, audio }: Capabilities,
): string | undefined {
  if (!image && content.some(({ type }) => type === 'image')) return 'does not take images';
  if (!audio && content.some(({ type }) => type === 'audio')) return 'does not take audio';
  return undefined;
}

/** A prompt as the agent can take it (A3): an embedded resource becomes text for one that takes none. */
export function promptFor(content: readonly ContentBlock[], capabilities: Capabilities): ContentBlock[] {
  return content.map((block) => {
    switch (block.type) {
      case 'resource': {
        if (capabilities.embeddedContext) return block;
        const { uri, text } = block.resource;
        if (text === undefined) return { type: 'resource_link', uri, name: uri };
        return { type: 'text', text: `\n<context uri="${uri}">\n${text}\n</context>\n` };
      }
      default:
        return block;
    }
  });
}
