import { contentText } from '../protocol/contentText.ts';
import type { Item } from '../protocol/items.ts';

/** A line of text, and what a card without its body takes, in pixels. */
const LINE = 20;
const CARD = 40;
/** The paddings of a turn's section, and the line that says how it ended. */
const TURN = 28;
/** How wide a character is, about, and how wide the transcript gets. */
const CHARACTER = 7;
const WIDEST = 820;

/** How high a row is going to be, about, in pixels: it holds the place of one that is not built yet. Pure. */
export function rowHeight(item: Item, width: number): number {
  if (item.kind === 'turn') return TURN;
  if (item.kind !== 'message' || item.role === 'thought') return CARD;
  const perLine = Math.max(20, Math.min(width - 40, WIDEST) / CHARACTER);
  return CARD / 2 + LINE * Math.max(1, Math.ceil(contentText(item.content).length / perLine));
}
