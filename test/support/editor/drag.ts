import type { Locator, Page } from 'playwright-core';

import { appears } from './workbench.ts';

/** How something is dragged. */
export interface DragOptions {
  /** What the window shows of a drop that would be taken: nothing is let go of before it is there. */
  readonly taken: Locator;
  /** A key that is held from when the pointer is over the place until after the drop. */
  readonly key?: 'Shift';
}

/** Tries of a drag: a row that is drawn anew under the pointer ends it. */
const TRIES = 6;

/**
 * Drags something onto something else with the mouse, as a person does: it is let go of when the window shows that it would be taken.
 * A drag that something drew over is begun again.
 *
 * @throws When nothing showed that the drop would be taken.
 */
export async function drag(
  page: Page,
  from: Locator,
  onto: Locator,
  { taken, key }: DragOptions,
): Promise<void> {
  for (let left = TRIES; left > 0; left--) {
    const [start, end] = [await middleOf(from), await middleOf(onto)];
    await page.mouse.move(start.x, start.y);
    await page.mouse.down();
    await page.mouse.move(start.x + 4, start.y + 4, { steps: 3 });
    if (!isSame(start, await middleOf(from))) {
      // It was drawn elsewhere before the button was down: what is held is something else.
      await abandon(page);
      continue;
    }
    await page.mouse.move(end.x, end.y, { steps: 6 });
    if (key !== undefined) await page.keyboard.down(key);
    const isTaken = await hover(page, end, taken);
    if (isTaken) await page.mouse.up();
    else await abandon(page);
    if (key !== undefined) await page.keyboard.up(key);
    if (isTaken) return;
  }
  throw new Error(`nothing showed that ${String(onto)} takes ${String(from)}`);
}

/** Moves a little over the place, as a hand does, until the window shows that it takes the drop. */
async function hover(page: Page, { x, y }: Point, taken: Locator): Promise<boolean> {
  for (let moves = 0; moves < 20; moves++) {
    await page.mouse.move(x + (moves % 2), y);
    const isThere = await appears(taken, 500);
    if (isThere) return true;
  }
  return false;
}

/** Lets go where nothing takes it. */
async function abandon(page: Page): Promise<void> {
  await page.keyboard.press('Escape');
  await page.mouse.move(1, 1);
  await page.mouse.up();
}

interface Point {
  readonly x: number;
  readonly y: number;
}

const isSame = (one: Point, other: Point): boolean => one.x === other.x && one.y === other.y;

async function middleOf(thing: Locator): Promise<Point> {
  await thing.waitFor();
  const box = await thing.boundingBox();
  if (box === null) throw new Error(`${String(thing)} is nowhere`);
  return { x: Math.round(box.x + box.width / 2), y: Math.round(box.y + box.height / 2) };
}
