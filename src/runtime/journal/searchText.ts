import { largeValue, type BlobRef } from '../../protocol/blob.ts';
import type { ContentBlock } from '../../protocol/content.ts';
import type { Item } from '../../protocol/items.ts';
import { outputText } from '../../protocol/output.ts';
import type { ToolCallContent } from '../../protocol/toolCall.ts';

/** Characters of one row that are searched. */
const MOST = 1024 * 1024;
/** Characters of a tool call's raw input that are: enough for commands, paths and patterns. */
const MOST_INPUT = 8 * 1024;
/** Characters shown around what was found. */
const SNIPPET = 160;
const BEFORE = 40;
/** Characters that are looked at where looking is slow. */
const SLOW_LENGTH = 64 * 1024;
/** Halves of characters that a cut left at the ends. */
const HALVES = /^[\udc00-\udfff]|[\ud800-\udbff]$/g;

/** Reads a text that is kept beside its event; `undefined` when it is not there. */
export type ReadBlob = (ref: BlobRef) => string | undefined;

/** The text of a row that a search looks at; empty for rows that hold none. */
export function searchText(item: Item, read: ReadBlob): string {
  const whole = (text: string, blob?: BlobRef): string => (blob === undefined ? text : (read(blob) ?? text));
  switch (item.kind) {
    case 'message':
      return joined(item.content.map((block) => blockText(block, whole)));
    case 'toolCall': {
      const { title = '', content = [], rawInput, rawOutput } = item;
      const shown = content.map((part) => partText(part, whole));
      const raw = shown.some((text) => text !== '') ? '' : rawText(rawOutput, whole);
      return joined([title, rawText(rawInput, whole).slice(0, MOST_INPUT), ...shown, raw]);
    }
    case 'commandRun':
      return joined([item.command, whole(outputText(item.output), item.blob)]);
    case 'notice':
      return item.unsent === undefined ? '' : joined(item.unsent.map((block) => blockText(block, whole)));
    default:
      return '';
  }
}

function joined(texts: readonly string[]): string {
  return texts
    .filter((text) => text !== '')
    .join('\n')
    .slice(0, MOST);
}

type Whole = (text: string, blob?: BlobRef) => string;

function blockText(block: ContentBlock, whole: Whole): string {
  switch (block.type) {
    case 'text':
      return whole(block.text, block.blob);
    case 'resource':
      return block.resource.text === undefined ? block.resource.uri : whole(block.resource.text, block.blob);
    case 'resource_link':
      return `${block.name} ${block.uri}`;
    default:
      return '';
  }
}

function partText(part: ToolCallContent, whole: Whole): string {
  if (part.type === 'content') return blockText(part.content, whole);
  return part.type === 'diff' ? `${part.path}\n${whole(part.newText, part.newBlob)}` : '';
}

/** The strings in a raw value, without its names and punctuation. */
function rawText(value: unknown, whole: Whole): string {
  const large = largeValue(value);
  if (large !== undefined) return whole(large.preview, large.blob);
  if (typeof value === 'string') return value;
  if (typeof value !== 'object' || value === null) return '';
  return Object.values(value)
    .map((inner) => rawText(inner, whole))
    .filter((text) => text !== '')
    .join('\n');
}

/**
 * What a person typed as an FTS5 query: every word a quoted string, all of them wanted, the last one also as a beginning.
 * `undefined` when there is no word in it.
 */
export function searchQuery(text: string): string | undefined {
  const words = text.split(/[\s\0]+/u).filter((word) => /[\p{L}\p{N}]/u.test(word));
  if (words.length === 0) return undefined;
  return `${words.map((word) => `"${word.replaceAll('"', '""')}"`).join(' ')}*`;
}

/** A part of a text, with the stretches in it that were searched for as `[start, length]`. */
export interface Snippet {
  readonly text: string;
  readonly matches: readonly (readonly [number, number])[];
}

/** The part of a text where most of what was searched for stands close together. */
export function snippetOf(text: string, query: string): Snippet {
  const wanted = wordsOf(query).map(({ word }) => folded(word));
  const quick = quickly(text, query);
  const found = quick.length > 0 ? quick : slowly(text, wanted);
  let best = { at: 0, different: 0 };
  for (const [index, { at }] of found.entries()) {
    const near = new Set<string>();
    for (let next = index; next < found.length; next++) {
      const other = found[next];
      if (other === undefined || other.at - at > SNIPPET - BEFORE) break;
      near.add(other.which);
    }
    if (near.size > best.different) best = { at, different: near.size };
    if (near.size === new Set(wanted).size) break;
  }
  const start = wordStart(text, Math.max(0, best.at - BEFORE));
  const end = Math.min(text.length, start + SNIPPET);
  const lead = start > 0 ? '…' : '';
  const shown = text.slice(start, end).replaceAll(/[^\S\n]/gu, ' ');
  const matches = found
    .filter(({ at, length }) => at >= start && at + length <= end)
    .map(({ at, length }) => [at - start + lead.length, length] as const);
  return { text: `${lead}${shown.replace(HALVES, ' ')}${end < text.length ? '…' : ''}`, matches };
}

interface Found {
  readonly at: number;
  readonly length: number;
  /** Which of the words it is. */
  readonly which: string;
}

/** How many places of one text are looked at. */
const MOST_PLACES = 1000;

/** The places where the words stand as they were typed, but for case: what a regular expression finds in a long text. */
function quickly(text: string, query: string): Found[] {
  const words = wordsOf(query).map(({ word }) => word);
  if (words.length === 0) return [];
  const inWord = /[\p{L}\p{N}\p{M}]/u;
  const found: Found[] = [];
  for (const match of text.matchAll(new RegExp(words.join('|'), 'giu'))) {
    const { 0: word, index: at } = match;
    if (at > 0 && inWord.test(text[at - 1] ?? '')) continue;
    const rest = /^[\p{L}\p{N}\p{M}]*/u.exec(text.slice(at + word.length, at + word.length + 100))?.[0] ?? '';
    const which = word.toLowerCase();
    if (rest !== '' && which !== words.at(-1)?.toLowerCase()) continue;
    found.push({ at, length: word.length + rest.length, which });
    if (found.length === MOST_PLACES) break;
  }
  return found;
}

/** The same as the index sees words: also where marks were left out. */
function slowly(text: string, wanted: readonly string[]): Found[] {
  const last = wanted.at(-1) ?? '';
  return wordsOf(text.slice(0, SLOW_LENGTH)).flatMap(({ word, at }) => {
    const plain = folded(word);
    const which = wanted.includes(plain) ? plain : last !== '' && plain.startsWith(last) ? last : undefined;
    return which === undefined ? [] : [{ at, length: word.length, which }];
  });
}

function wordsOf(text: string): { readonly word: string; readonly at: number }[] {
  return [...text.matchAll(/[\p{L}\p{N}\p{M}]+/gu)].map((match) => ({ word: match[0], at: match.index }));
}

/** As the index sees a word: without case and marks. */
function folded(word: string): string {
  return word.normalize('NFD').replaceAll(/\p{M}/gu, '').toLowerCase();
}

function wordStart(text: string, from: number): number {
  if (from === 0) return 0;
  const gap = text.slice(from, from + BEFORE).search(/\s/u);
  return gap < 0 ? from : from + gap + 1;
}
