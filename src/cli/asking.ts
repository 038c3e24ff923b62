import type { InteractionRequest } from '../client/handlers.ts';
import type { Answer, Interaction, Question } from '../protocol/interaction.ts';
import { plain } from './render.ts';
import type { Terminal } from './terminal.ts';

/**
 * Asks the person at the terminal. `undefined` when nothing was answered: the interaction was settled elsewhere, the input
 * ended, or the person pressed Ctrl-D; then it stays open.
 */
export async function askPerson(
  terminal: Terminal,
  { interaction, signal }: InteractionRequest,
): Promise<Answer | undefined> {
  switch (interaction.kind) {
    case 'permission':
      return askPermission(terminal, interaction, signal);
    case 'question':
      return askQuestions(terminal, interaction.questions, signal);
    case 'form':
      return askForm(terminal, interaction, signal);
    case 'url': {
      terminal.note(`  ${plain(interaction.url)}\n`);
      const word = await terminal.ask('  open it? [y/n] ', signal);
      if (word === undefined) return undefined;
      return { kind: /^y/i.test(word.trim()) ? 'accept' : 'reject' };
    }
  }
}

async function askPermission(
  terminal: Terminal,
  { options }: Extract<Interaction, { kind: 'permission' }>,
  signal: AbortSignal,
): Promise<Answer | undefined> {
  for (const [index, { name }] of options.entries()) terminal.note(`  ${index + 1}  ${plain(name)}\n`);
  for (;;) {
    const word = await terminal.ask(`  [1-${options.length}] `, signal);
    if (word === undefined) return undefined;
    const chosen = choose(options, word, ({ optionId, name }) => [optionId, name]);
    if (chosen !== undefined) return { kind: 'option', optionId: chosen.optionId };
  }
}

async function askQuestions(
  terminal: Terminal,
  questions: readonly Question[],
  signal: AbortSignal,
): Promise<Answer | undefined> {
  const values: Record<string, unknown> = {};
  for (const question of questions) {
    const { questionId, text, options } = question;
    terminal.note(`  ${plain(text)}\n`);
    for (const [index, { label }] of options.entries()) terminal.note(`    ${index + 1}  ${plain(label)}\n`);
    let value: unknown;
    while (value === undefined) {
      const line = await terminal.ask(question.multiSelect ? '  (several with commas) ' : '  ', signal);
      if (line === undefined) return undefined;
      value = questionValue(question, line);
    }
    values[questionId] = value;
  }
  return { kind: 'values', values };
}

/** The value that a line means for a question; `undefined` when it means none. */
export function questionValue(
  { options, multiSelect, freeText }: Question,
  line: string,
): string | string[] | undefined {
  const find = (word: string) => choose(options, word, ({ optionId, label }) => [optionId, label])?.optionId;
  if (multiSelect) {
    const words = line
      .split(',')
      .map((word) => word.trim())
      .filter((word) => word !== '');
    const chosen = words.map((word) => find(word) ?? (freeText ? word : undefined));
    return chosen.includes(undefined) ? undefined : (chosen as string[]);
  }
  const word = line.trim();
  return find(word) ?? (freeText && word !== '' ? word : undefined);
}

/** The option that a word names: by number from 1, by one of its names, or by nothing else. */
export function choose<T>(
  options: readonly T[],
  word: string,
  names: (option: T) => readonly string[],
): T | undefined {
  const wanted = word.trim();
  const named = options.find((option) => names(option).includes(wanted));
  return named ?? (/^\d+$/.test(wanted) ? options[Number(wanted) - 1] : undefined);
}

async function askForm(
  terminal: Terminal,
  { schema }: Extract<Interaction, { kind: 'form' }>,
  signal: AbortSignal,
): Promise<Answer | undefined> {
  const properties =
    typeof schema['properties'] === 'object' && schema['properties'] !== null
      ? Object.entries(schema['properties'])
      : [];
  const values: Record<string, unknown> = {};
  for (const [name, property] of properties as [
    string,
    { type?: unknown; description?: unknown; title?: unknown },
  ][]) {
    const label = typeof property.title === 'string' ? property.title : name;
    if (typeof property.description === 'string') terminal.note(`  ${plain(property.description)}\n`);
    const line = await terminal.ask(`  ${plain(label)}: `, signal);
    if (line === undefined) return undefined;
    if (line !== '') values[name] = formValue(property.type, line);
  }
  return { kind: 'values', values };
}

function formValue(type: unknown, line: string): unknown {
  if (type === 'number' || type === 'integer') return Number(line);
  return type === 'boolean' ? /^(y|yes|true|1)$/i.test(line.trim()) : line;
}
