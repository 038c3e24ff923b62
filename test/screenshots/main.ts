/**
 * Pictures of Holdfast from the real editor, to look at (`npm run screenshots`): `npm run screenshots -- [PIECE…] [THEME…]
 * [--out FOLDER]`. Without pieces all are made, without themes all four.
 */
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';

import { root } from '../../scripts/run.mjs';
import { Failure, runMain, step } from '../../scripts/step.mjs';
import { chat } from './chat.ts';
import { first } from './first.ts';
import { readme } from './readme.ts';
import { themes, type Theme } from './stage.ts';
import { views } from './views.ts';

const pieces: Record<string, (out: string, wanted: readonly Theme[]) => Promise<void>> = {
  ...{ chat, views, first, readme },
};

await runMain(async () => {
  const { values, positionals } = parseArgs({ options: { out: { type: 'string' } }, allowPositionals: true });
  const out = values.out === undefined ? resolve(root, 'dist/screenshots') : resolve(values.out);
  const all = Object.keys(themes) as Theme[];
  const unknown = positionals.find((name) => !(name in pieces) && !(name in themes));
  if (unknown !== undefined)
    throw new Failure(
      `${unknown} is neither a piece (${Object.keys(pieces).join(', ')}) nor a theme (${all.join(', ')}).`,
    );
  const chosen = all.filter((theme) => positionals.includes(theme));
  const named = positionals.filter((name) => name in pieces);
  for (const [name, make] of Object.entries(pieces)) {
    if (named.length > 0 && !named.includes(name)) continue;
    await step(`Pictures: ${name}`, () => make(out, chosen.length > 0 ? chosen : all));
  }
  console.log(`The pictures are in ${out}`);
});
