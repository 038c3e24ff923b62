import { contentText } from '../protocol/contentText.ts';
import type { ContentBlock } from '../protocol/content.ts';
import type { Envelope, EventOf } from '../protocol/events.ts';
import type { Interaction } from '../protocol/interaction.ts';
import type { Terminal } from './terminal.ts';

/** How a transcript is shown. */
export interface RenderOptions {
  /** Where everything but the agent's words and the output of commands goes: to stderr when the result is piped on. */
  readonly asides: 'stdout' | 'stderr';
  /** Whether prompts are shown as well. */
  readonly prompts: boolean;
}

/**
 * Shows the events of a session to a person: the agent's words and the output of commands as they come, tool calls in a
 * line each, thoughts dimmed. What an agent says cannot move the cursor; what a command prints is left as it is.
 */
export class Renderer {
  readonly #terminal: Terminal;
  readonly #options: RenderOptions;
  /** How much of each message that is not complete was shown. */
  readonly #shown = new Map<string, number>();
  /** Commands whose beginning was shown. */
  readonly #runs = new Set<string>();
  readonly #roles = new Map<string, EventOf<'message.started'>['role']>();
  readonly #titles = new Map<string, string>();
  /** Whether a line is open, and whose: the agent's, a command's, or one beside the result. */
  #open: 'agent' | 'command' | 'aside' | undefined;
  /** The message that was said last. */
  #saying: string | undefined;
  #isShell = false;
  /** The failure that was told last: a turn and its session often end for the same one. */
  #toldFailure: string | undefined;

  constructor(terminal: Terminal, options: RenderOptions) {
    this.#terminal = terminal;
    this.#options = options;
  }

  /** Shows what one event means. */
  render({ event }: Envelope): void {
    switch (event.type) {
      case 'session.started':
        this.#isShell = event.agent.kind === 'shell';
        return;
      case 'turn.started':
        // Where prompts are shown, each is answered for itself.
        if (this.#options.prompts) this.#toldFailure = undefined;
        return;
      case 'message.started':
        this.#roles.set(event.messageId, event.role);
        return this.#message(event.messageId, event.role, event.content);
      case 'message.appended':
        return this.#say(
          this.#roles.get(event.messageId) ?? 'agent',
          contentText([event.content]),
          event.messageId,
        );
      case 'message.completed':
        return this.#completed(event);
      case 'toolCall.started':
      case 'toolCall.updated':
      case 'toolCall.ended':
        return this.#toolCall(event);
      case 'commandRun.started':
        this.#runs.add(event.commandRunId);
        return this.aside(this.#dim(`$ ${plain(event.command)}`));
      case 'commandRun.output':
        return event.stream === 'stdout' ? this.#result(event.text, 'command') : this.#raw(event.text);
      case 'commandRun.ended':
        if (event.run !== undefined) return this.#wholeRun(event.commandRunId, event.run);
        if (event.omittedBytes) this.aside(this.#dim(`… ${event.omittedBytes} bytes left out …`));
        return this.#result(event.tail ?? '', 'command');
      case 'plan.updated': {
        const done = event.entries.filter(({ status }) => status === 'completed').length;
        return this.aside(this.#dim(`plan: ${done} of ${event.entries.length} done`));
      }
      case 'interaction.opened':
        return this.aside(this.#yellow(`? ${plain(event.interaction.title)}`));
      case 'interaction.settled':
        return this.aside(this.#dim(`  ${settledText(event)}`));
      case 'permission.decided':
        return this.aside(
          this.#dim(`  ${event.decision === 'allow' ? 'allowed' : 'rejected'}: ${plain(event.reason)}`),
        );
      case 'turn.stalled':
        return this.aside(this.#yellow(`nothing heard for a while; waiting for ${plain(event.waitingFor)}`));
      case 'interaction.warned':
        return this.aside(this.#yellow('  the question is given up soon'));
      case 'check.started':
        return this.aside(this.#dim(`check ${event.attempt} of ${event.max}: ${plain(event.command)}`));
      case 'check.ended':
        return this.aside(
          event.outcome === 'green' ? this.#dim('check: green') : this.#yellow(`check: ${event.outcome}`),
        );
      case 'turn.ended':
        return this.#turnEnded(event);
      case 'turn.steerRefused':
        return this.aside(this.#yellow(`not taken in by what runs, so it waits: ${plain(event.reason)}`));
      case 'session.detached':
        return event.failure && this.#failed(event.failure.message);
      case 'session.ended':
        return this.#options.prompts
          ? this.aside(this.#dim(`session ended: ${plain(event.reason)}`))
          : undefined;
      case 'notice':
        return this.aside(
          event.level === 'error' ? this.#red(plain(event.text)) : this.#yellow(plain(event.text)),
        );
      default:
    }
  }

  /** Writes a line that is not the agent's own. */
  aside(line: string): void {
    this.finish();
    this.#aside(`${line}\n`);
  }

  /** Ends a line that is open, where that does not change a result. */
  finish(): void {
    if (this.#open === 'aside') this.#aside('\n');
    else if (this.#open === 'agent') this.#terminal.write('\n');
    // What a command printed stays byte for byte what it is, where it may be kept.
    else if (this.#open === 'command' && (this.#terminal.isTTY || this.#options.asides === 'stdout'))
      this.#terminal.write('\n');
    this.#open = undefined;
  }

  /** A compacted run comes whole; of one that was begun before, what was shown of it stays all there is. */
  #wholeRun(
    commandRunId: string,
    { command, output }: NonNullable<EventOf<'commandRun.ended'>['run']>,
  ): void {
    if (this.#runs.has(commandRunId)) return;
    this.aside(this.#dim(`$ ${plain(command)}`));
    const show = ({ stream, text }: (typeof output.start)[number]): void =>
      stream === 'stdout' ? this.#result(text, 'command') : this.#raw(text);
    output.start.forEach(show);
    if (output.omitted > 0) this.aside(this.#dim(`… ${output.omitted} characters left out …`));
    output.rest.forEach(show);
    this.#result(output.end ?? '', 'command');
  }

  #message(
    messageId: string,
    role: EventOf<'message.started'>['role'],
    content: readonly ContentBlock[],
  ): void {
    if (role !== 'user') return this.#say(role, contentText(content), messageId);
    if (this.#options.prompts && !this.#isShell) this.aside(this.#bold(`> ${plain(contentText(content))}`));
  }

  #completed({ messageId, role, content, done }: EventOf<'message.completed'>): void {
    // A compacted message comes whole, perhaps after a part of it.
    const text = contentText(content);
    const shown = this.#shown.get(messageId) ?? 0;
    if (role !== 'user') this.#say(role, text.slice(shown), messageId);
    else if (shown === 0) this.#message(messageId, role, content);
    // A compacted one whose agent never called it whole may be followed by more of it.
    if (done !== false) this.#shown.delete(messageId);
    this.#roles.delete(messageId);
    if (this.#saying === messageId) this.finish();
  }

  #say(role: EventOf<'message.started'>['role'], text: string, messageId: string): void {
    this.#shown.set(messageId, (this.#shown.get(messageId) ?? 0) + text.length);
    if (text === '') return;
    if (this.#saying !== messageId || this.#open === 'command') this.finish();
    this.#saying = messageId;
    if (role === 'agent') return this.#result(this.#terminal.isTTY ? printable(text) : text, 'agent');
    if (this.#open === 'agent') this.finish();
    this.#aside(this.#dim(printable(text)));
    this.#open = text.endsWith('\n') ? undefined : 'aside';
  }

  #toolCall(event: EventOf<'toolCall.started' | 'toolCall.updated' | 'toolCall.ended'>): void {
    const { toolCallId, title, status } = event;
    const known = this.#titles.get(toolCallId);
    const name = plain(title ?? known ?? toolCallId);
    if (known === undefined) this.aside(`• ${name}`);
    this.#titles.set(toolCallId, name);
    if (event.type !== 'toolCall.ended') return;
    this.#titles.delete(toolCallId);
    if (status === 'failed' || status === 'cancelled') this.aside(this.#red(`• ${name}: ${status}`));
  }

  #turnEnded({ outcome, failure, stopReason, unsent }: EventOf<'turn.ended'>): void {
    this.finish();
    if (unsent !== undefined) this.aside(this.#dim(`not sent: ${plain(contentText(unsent))}`));
    if (outcome === 'completed') return;
    const why = failure?.message ?? stopReason;
    const words = why === undefined ? outcome : plain(why);
    if (outcome === 'cancelled') return this.aside(this.#yellow(words));
    this.#failed(words);
  }

  /** Tells a failure, once where several events in a row tell it. */
  #failed(message: string): void {
    const words = plain(message);
    if (this.#toldFailure === words) return;
    this.aside(this.#red(words));
    this.#toldFailure = words;
  }

  /** Goes to stdout as it is. */
  #result(text: string, whose: 'agent' | 'command'): void {
    if (text === '') return;
    if (this.#open !== whose) this.finish();
    this.#terminal.write(text);
    this.#open = text.endsWith('\n') ? undefined : whose;
  }

  #raw(text: string): void {
    if (this.#open !== 'aside') this.finish();
    this.#aside(text);
    this.#open = text.endsWith('\n') || text === '' ? undefined : 'aside';
  }

  #aside(text: string): void {
    if (this.#options.asides === 'stdout') this.#terminal.write(text);
    else this.#terminal.note(text);
  }

  get #colors(): Terminal['color'] {
    return this.#options.asides === 'stdout' ? this.#terminal.color : this.#terminal.noteColor;
  }

  #dim = (text: string): string => this.#colors.dim(text);
  #bold = (text: string): string => this.#colors.bold(text);
  #red = (text: string): string => this.#colors.red(text);
  #yellow = (text: string): string => this.#colors.yellow(text);
}

/** What an interaction wants, in lines: its options with the words that answer them. */
export function interactionLines(interaction: Interaction): string[] {
  switch (interaction.kind) {
    case 'permission':
      return interaction.options.map(({ optionId, name }) => `${plain(optionId)}  ${plain(name)}`);
    case 'question':
      return interaction.questions.flatMap(({ questionId, text, options }) => [
        `${plain(questionId)}: ${plain(text)}`,
        ...options.map(({ optionId, label }) => `  ${plain(optionId)}  ${plain(label)}`),
      ]);
    case 'form':
      return [JSON.stringify(interaction.schema)];
    case 'url':
      return [plain(interaction.url)];
  }
}

function settledText({ settlement }: EventOf<'interaction.settled'>): string {
  if (settlement.outcome !== 'answered') return `${settlement.outcome}: ${plain(settlement.reason)}`;
  const { answer } = settlement;
  return answer.kind === 'option' ? `answered ${plain(answer.optionId)}` : `answered: ${answer.kind}`;
}

/** Text in one line, without characters that could move the cursor. */
export function plain(text: string): string {
  return printable(text).replace(/\s+/g, ' ').trim();
}

/** Text without escape sequences and control characters, its lines and tabs kept. */
export function printable(text: string): string {
  // oxlint-disable-next-line no-control-regex
  return text.replace(/\r\n/g, '\n').replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g, '');
}
