import type { ContentBlock } from '../../protocol/content.ts';
import { loose, textOf, type Loose } from './loose.ts';

/** What an agent said of itself in `initialize`. What is absent is never used (A1). */
export interface Capabilities {
  readonly info: { readonly name?: string | undefined; readonly version?: string | undefined };
  readonly load: boolean;
  readonly resume: boolean;
  readonly close: boolean;
  readonly fork: boolean;
  readonly delete: boolean;
  readonly additionalDirectories: boolean;
  /** Whether MCP servers may be reached by these; one that is a program always may. */
  readonly mcp: { readonly http: boolean; readonly sse: boolean };
  readonly image: boolean;
  readonly audio: boolean;
  readonly embeddedContext: boolean;
  /** The names of the ways to sign in, for words. */
  readonly signIns: readonly string[];
}

/** Reads the answer to `initialize`. */
export function capabilitiesOf(answer: Loose): Capabilities {
  const agent = loose(answer['agentCapabilities']);
  const session = loose(agent['sessionCapabilities']);
  const mcp = loose(agent['mcpCapabilities']);
  const prompt = loose(agent['promptCapabilities']);
  const { name, title, version } = loose(answer['agentInfo']);
  const offers = (value: unknown): boolean => typeof value === 'object' && value !== null;
  const methods = Array.isArray(answer['authMethods']) ? answer['authMethods'] : [];
  return {
    info: { name: textOf(title) ?? textOf(name), version: textOf(version) },
    load: agent['loadSession'] === true,
    resume: offers(session['resume']),
    close: offers(session['close']),
    fork: offers(session['fork']),
    delete: offers(session['delete']),
    additionalDirectories: offers(session['additionalDirectories']),
    mcp: { http: mcp['http'] === true, sse: mcp['sse'] === true },
    image: prompt['image'] === true,
    audio: prompt['audio'] === true,
    embeddedContext: prompt['embeddedContext'] === true,
    signIns: methods.map((method) => textOf(loose(method)['name'])).filter((method) => method !== undefined),
  };
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
