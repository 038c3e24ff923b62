import { AgentTerminals } from './agentTerminals.ts';
import type { AgentEvent } from './agent.ts';
import type { AcpVersion } from './capabilities.ts';
import { AnsweredPrompt, ForegroundWork, type PromptLifecycle } from './foregroundWork.ts';
import { MetaTerminals } from './quirks/metaTerminals.ts';
import { SessionSettings } from './sessionSettings.ts';
import { Translator, type UpdateTranslator } from './translate.ts';
import { TranslatorV2 } from './translateV2.ts';

/** What differs in one session between the versions of ACP. */
export interface Dialect {
  readonly settings: SessionSettings;
  readonly translator: UpdateTranslator;
  readonly prompts: PromptLifecycle;
}

/** What a dialect is made with. */
export interface DialectOptions {
  readonly version: AcpVersion;
  /** The agent's name, for words. */
  readonly name: string;
  readonly cwd: string;
  /** Whether what the agent tells first is a past that the journal has already. */
  readonly replaying: boolean;
  /** Aborted when the agent can no longer be talked to. */
  readonly lost: AbortSignal;
  emit(event: AgentEvent): void;
  /** As `emit`, also when the session is being closed. */
  always(event: AgentEvent): void;
}

/** How a session is spoken in a version of ACP. */
export function dialectOf({ version, name, cwd, replaying, lost, emit, always }: DialectOptions): Dialect {
  const onEnd = (): void => translator.turnEnded();
  const settings = new SessionSettings(emit, { typed: version === 2 });
  const translator =
    version === 1
      ? new Translator(emit, settings, { replaying, metaTerminals: new MetaTerminals(always, cwd) })
      : new TranslatorV2({ emit, settings, terminals: new AgentTerminals(always, cwd) });
  const prompts =
    version === 1 ? new AnsweredPrompt({ name, onEnd }) : new ForegroundWork({ name, lost, onEnd });
  return { settings, translator, prompts };
}
