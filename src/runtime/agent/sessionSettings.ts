import { HoldfastError } from '../../protocol/errors.ts';
import type { ConfigOption } from '../../protocol/sessionState.ts';
import type { AgentEvent, AgentSettings } from './agent.ts';
import { boundedForHead } from './headBounds.ts';
import { listOf, loose, textOf, type Loose } from './loose.ts';

type Choice = { id: string; name: string; description?: string | null | undefined };

/** One request that changes a setting. */
export interface SettingRequest {
  readonly method: 'session/set_mode' | 'session/set_model' | 'session/set_config_option';
  readonly params: Readonly<Record<string, unknown>>;
  /** Takes the answer, when the agent accepted. */
  onAccepted(answer: unknown): void;
}

/**
 * Modes, models and options of one ACP session. Agents offer them in two ways, some in both: as modes and models of their
 * own, and as config options with a category. Here they are one thing: a mode, a model, and options.
 */
export class SessionSettings {
  readonly #emit: (event: AgentEvent) => void;
  /** Whether a chosen value says of what type it is (ACP v2). */
  readonly #typed: boolean;
  #options: readonly ConfigOption[] = [];
  #offersModes = false;
  #offersModels = false;
  #mode: string | undefined;
  #model: string | undefined;

  constructor(
    emit: (event: AgentEvent) => void,
    { typed = false }: { readonly typed?: boolean | undefined } = {},
  ) {
    this.#emit = (event) => emit(boundedForHead(event));
    this.#typed = typed;
  }

  /** Takes the answer to `session/new`, `load` or `resume`; `null` offers nothing. */
  opened(answer: Loose): void {
    const modes = loose(answer['modes']);
    const models = loose(answer['models']);
    this.#offersModes = textOf(modes['currentModeId']) !== undefined;
    this.#offersModels = textOf(models['currentModelId']) !== undefined;
    const offered: Omit<Extract<AgentEvent, { type: 'session.configured' }>, 'type'> = {
      ...(Array.isArray(answer['configOptions']) && this.#takeOptions(answer['configOptions'])),
      ...(this.#offersModes && {
        mode: textOf(modes['currentModeId']),
        modes: choices(modes['availableModes'], 'id'),
      }),
      ...(this.#offersModels && {
        model: textOf(models['currentModelId']),
        models: choices(models['availableModels'], 'modelId'),
      }),
    };
    this.#mode = offered.mode;
    this.#model = offered.model;
    if (Object.keys(offered).length > 0) this.#emit({ type: 'session.configured', ...offered });
  }

  modeChanged(modeId: unknown): void {
    const mode = textOf(modeId);
    if (mode === undefined || mode === this.#mode) return;
    this.#mode = mode;
    this.#emit({ type: 'session.configured', mode });
  }

  optionsChanged(configOptions: unknown): void {
    if (Array.isArray(configOptions))
      this.#emit({ type: 'session.configured', ...this.#takeOptions(configOptions) });
  }

  /** The requests that bring a change about. Throws `unsupported` for what the agent does not offer, before any is sent. */
  requests({ mode, model, options = {} }: AgentSettings): SettingRequest[] {
    const wanted = { ...options };
    const requests: SettingRequest[] = [];
    if (mode !== undefined && this.#offersModes) requests.push(this.#modeRequest(mode));
    else if (mode !== undefined) wanted[this.#optionOf('mode')] = mode;
    if (model !== undefined && this.#offersModels) requests.push(this.#modelRequest(model));
    else if (model !== undefined) wanted[this.#optionOf('model')] = model;
    for (const [configId, value] of Object.entries(wanted))
      requests.push(this.#optionRequest(configId, value));
    return requests;
  }

  #modeRequest(modeId: string): SettingRequest {
    return { method: 'session/set_mode', params: { modeId }, onAccepted: () => this.modeChanged(modeId) };
  }

  #modelRequest(modelId: string): SettingRequest {
    const onAccepted = (): void => {
      if (this.#model === modelId) return;
      this.#model = modelId;
      this.#emit({ type: 'session.configured', model: modelId });
    };
    return { method: 'session/set_model', params: { modelId }, onAccepted };
  }

  #optionRequest(configId: string, value: string | boolean): SettingRequest {
    if (!this.#options.some(({ optionId }) => optionId === configId))
      throw unsupported(`an option “${configId}”`);
    const type = typeof value === 'boolean' ? 'boolean' : this.#typed ? 'id' : undefined;
    const params = { configId, ...(type !== undefined && { type }), value };
    return {
      method: 'session/set_config_option',
      params,
      onAccepted: (answer) => this.optionsChanged(loose(answer)['configOptions']),
    };
  }

  #optionOf(category: 'mode' | 'model'): string {
    const option = this.#options.find((candidate) => candidate.category === category);
    if (option === undefined) throw unsupported(`${category}s to choose from`);
    return option.optionId;
  }

  #takeOptions(configOptions: readonly unknown[]) {
    this.#options = configOptions.flatMap(readOption);
    return { options: [...this.#options], ...this.#named('mode'), ...this.#named('model') };
  }

  /** An option of this category is the session's mode or model, unless the agent has those apart. */
  #named(category: 'mode' | 'model') {
    const option = this.#options.find((candidate) => candidate.category === category);
    if (option === undefined || typeof option.value !== 'string') return {};
    const list = (option.choices ?? []).map(({ value, name, description }) => ({
      id: value,
      name,
      description,
    }));
    if (category === 'mode')
      return this.#offersModes ? {} : { mode: (this.#mode = option.value), modes: list };
    return this.#offersModels ? {} : { model: (this.#model = option.value), models: list };
  }
}

function unsupported(what: string): HoldfastError {
  return new HoldfastError('unsupported', `This agent does not offer ${what}.`);
}

function choices(value: unknown, idField: 'id' | 'modelId'): Choice[] {
  return listOf(value).flatMap((entry) => {
    const choice = loose(entry);
    const id = textOf(choice[idField]);
    if (id === undefined) return [];
    return [{ id, name: textOf(choice['name']) ?? id, description: textOf(choice['description']) }];
  });
}

function readOption(entry: unknown): ConfigOption[] {
  const option = loose(entry);
  const optionId = textOf(option['id']) ?? textOf(option['configId']);
  const value = option['currentValue'];
  if (optionId === undefined || (typeof value !== 'string' && typeof value !== 'boolean')) return [];
  const read: ConfigOption = {
    optionId,
    name: textOf(option['name']) ?? optionId,
    description: textOf(option['description']),
    category: textOf(option['category']),
    value,
  };
  return [
    Array.isArray(option['options']) ? { ...read, choices: option['options'].flatMap(readChoice) } : read,
  ];
}

/** A choice, or a group of them. */
function readChoice(entry: unknown): NonNullable<ConfigOption['choices']> {
  const choice = loose(entry);
  if (Array.isArray(choice['options'])) return choice['options'].flatMap(readChoice);
  const value = textOf(choice['value']);
  if (value === undefined) return [];
  return [{ value, name: textOf(choice['name']) ?? value, description: textOf(choice['description']) }];
}
