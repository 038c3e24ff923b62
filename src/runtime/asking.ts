import { randomUUID } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import type { Clock } from '../base/clock.ts';
import { HoldfastError } from '../protocol/errors.ts';
import type { By } from '../protocol/events.ts';
import type { Head } from '../protocol/head.ts';
import type { InteractionId } from '../protocol/ids.ts';
import type { Answer, Interaction, Settlement } from '../protocol/interaction.ts';
import type { Rule, RuleDraft } from '../protocol/permission.ts';
import { ruleText } from '../protocol/ruleText.ts';
import { checkAnswer } from './answerCheck.ts';
import type { Interactions } from './interactions.ts';
import { decide, type Decision } from './permissionDecision.ts';
import { holdsIn, matches, optionFor, previewsOf } from './permissionRules.ts';
import { subjectOf, type PermissionSubject } from './permissionSubject.ts';
import type { RuleStore } from './ruleStore.ts';
import type { SessionWriter } from './sessionWriter.ts';
import type { Turns } from './turns.ts';

/** Rules that one session may have of its own: they stand in its head. */
const MOST_SESSION_RULES = 100;

type Permission = Extract<Interaction, { kind: 'permission' }>;

/** What asking needs of its session. */
export interface AskingParts {
  head(): Head;
  readonly writer: SessionWriter;
  readonly interactions: Interactions;
  readonly turns: Turns;
  readonly rules: RuleStore;
  readonly clock: Clock;
  /** Whether a client other than the given one is there that could answer. */
  isAttended(except: string | undefined): boolean;
}

/**
 * Between an agent that asks and the person (W5): rules, the session's mode, and what a prompt said for when nobody is there
 * answer what they can, each with an event that says so; the rest is opened for a person. Owned by the session.
 */
export class Asking {
  readonly #parts: AskingParts;
  /** What open permissions are about, for a rule that comes with an answer. */
  readonly #subjects = new WeakMap<Interaction, PermissionSubject>();

  constructor(parts: AskingParts) {
    this.#parts = parts;
  }

  /** Resolves when it is settled, by whatever. Events are written before this returns. */
  ask(interaction: Interaction, signal: AbortSignal | undefined): Promise<Settlement> {
    const { turns, interactions, head } = this.#parts;
    const { cwd, waitLimitMs } = head();
    const running = turns.running;
    const asked = {
      turnId: running?.turnId,
      signal,
      limitMs: running?.plan.waitLimitMs ?? waitLimitMs,
    };
    if (interaction.kind !== 'permission') return this.#dismissed() ?? interactions.ask(interaction, asked);
    const subject = this.#subject(interaction);
    const decided = signal?.aborted === true ? undefined : this.#decided(interaction, subject);
    if (decided !== undefined) return Promise.resolve(decided);
    this.#subjects.set(interaction, subject);
    // What a secret stands in is no text for a rule: it would be kept, or be another one without it.
    const previews = previewsOf(interaction.options, subject, cwd).filter((preview) => this.#isOpen(preview));
    return interactions.ask(interaction, { ...asked, rulePreviews: previews });
  }

  /**
   * A person's answer, with a rule to save. Throws as `Interactions.answer` does, `invalidAnswer` for a rule that is not about what
   * was asked or decides otherwise, and `rulesUnreadable`; nothing is saved or settled then.
   */
  answer(
    interactionId: InteractionId,
    answer: Answer,
    { by, saveRule }: { readonly by: By; readonly saveRule?: RuleDraft | undefined },
  ): { readonly settlement: Settlement; readonly rule?: Rule } {
    const { interactions } = this.#parts;
    if (saveRule === undefined) return { settlement: interactions.answer(interactionId, answer, by) };
    const interaction = interactions.get(interactionId);
    checkAnswer(interaction, answer);
    const rule = this.#ruleOf(saveRule, interaction, answer, by);
    this.#save(rule, by);
    return { rule, settlement: interactions.answer(interactionId, answer, by) };
  }

  /** Takes back a rule of this session. Throws `ruleNotFound`. */
  revoke(ruleId: string, by: By): void {
    const rule = this.#parts.head().rules?.find((each) => each.ruleId === ruleId);
    if (rule === undefined)
      throw new HoldfastError('ruleNotFound', `this session has no permission rule ${ruleId}`, { ruleId });
    this.#parts.writer.record({ type: 'rule.revoked', ruleId, text: ruleText(rule) }, { by, durable: true });
  }

  #subject(interaction: Permission): PermissionSubject {
    const { turns, head } = this.#parts;
    const { agent, cwd } = head();
    const { toolCallId } = interaction;
    const call = toolCallId === undefined ? undefined : turns.activity.call(toolCallId);
    return subjectOf(interaction, call, { agent: agent.id, cwd });
  }

  /** What settles a permission without a person, if anything does; it is told first. */
  #decided(interaction: Permission, subject: PermissionSubject): Settlement | undefined {
    const { head, rules, writer, turns } = this.#parts;
    const { cwd, additionalDirectories, permissionMode } = head();
    const stored = rules.read();
    const decision = decide(subject, {
      rules: [...(head().rules ?? []), ...stored.rules].filter((rule) => holdsIn(rule, cwd)),
      rulesUnreadable: stored.problem !== undefined,
      mode: permissionMode,
      roots: [cwd, ...additionalDirectories],
      unattended: this.#unattended,
    });
    const answer = decision && answerOf(decision, interaction);
    if (decision === undefined || answer === undefined) return undefined;
    const { title, toolCallId } = interaction;
    writer.record(
      { type: 'permission.decided', title, ...(toolCallId !== undefined && { toolCallId }), ...decision },
      { turnId: turns.current, durable: true },
    );
    return { outcome: 'answered', answer };
  }

  /** A question is settled without anybody only where its prompt said so, and nobody is there. */
  #dismissed(): Promise<Settlement> | undefined {
    const unattended = this.#unattended;
    if (unattended === undefined || unattended === 'wait') return undefined;
    return Promise.resolve({ outcome: 'cancelled', reason: 'nobody was there to answer' });
  }

  /** What the prompt said for when nobody is there, while nobody is. */
  get #unattended() {
    const running = this.#parts.turns.running;
    const unattended = running?.plan.unattended;
    return unattended === undefined || this.#parts.isAttended(running?.by?.client) ? undefined : unattended;
  }

  #ruleOf(draft: RuleDraft, interaction: Interaction, answer: Answer, by: By): Rule {
    const subject = this.#subjects.get(interaction);
    if (interaction.kind !== 'permission' || subject === undefined)
      throw new HoldfastError('invalidAnswer', 'a rule is saved with the answer to a permission');
    if (!this.#isOpen(draft))
      throw new HoldfastError('invalidAnswer', 'the rule holds a secret of this session, and would keep it');
    if (!matches(draft, subject))
      throw new HoldfastError('invalidAnswer', `the rule “${ruleText(draft)}” is not about what was asked`);
    if (decisionOf(answer, interaction) !== draft.decision)
      throw new HoldfastError(
        'invalidAnswer',
        `the rule “${ruleText(draft)}” decides otherwise than the answer`,
      );
    const { cwd } = this.#parts.head();
    return {
      ...draft,
      ruleId: randomUUID(),
      createdAt: this.#parts.clock.now(),
      createdBy: by.name,
      ...(draft.scope === 'workspace' && { workspace: cwd }),
    };
  }

  /** Whether no secret of the session stands in it. */
  #isOpen(value: object): boolean {
    return isDeepStrictEqual(this.#parts.writer.redacted(value), value);
  }

  #save(rule: Rule, by: By): void {
    const { head, rules, writer, turns } = this.#parts;
    if (rule.scope !== 'session') rules.add(rule);
    else if ((head().rules?.length ?? 0) >= MOST_SESSION_RULES)
      throw new HoldfastError('rulesUnreadable', 'this session has too many permission rules; revoke some');
    writer.record(
      { type: 'rule.saved', rule, text: ruleText(rule) },
      { turnId: turns.current, by, durable: true },
    );
  }
}

/** A decision as the answer to a request; none when the agent offers no option for it that may be chosen. */
function answerOf({ decision }: Decision, { options }: Permission): Answer | undefined {
  const optionId = optionFor(options, decision);
  if (optionId !== undefined) return { kind: 'option', optionId };
  return decision === 'reject' ? { kind: 'reject' } : undefined;
}

function decisionOf(answer: Answer, { options }: Permission): Rule['decision'] | undefined {
  if (answer.kind === 'reject') return 'reject';
  if (answer.kind !== 'option') return undefined;
  const kind = options.find(({ optionId }) => optionId === answer.optionId)?.kind ?? '';
  return kind.startsWith('allow') ? 'allow' : kind.startsWith('reject') ? 'reject' : undefined;
}
