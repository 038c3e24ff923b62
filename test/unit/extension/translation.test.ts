import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const read = (name: string): Record<string, string> =>
  JSON.parse(readFileSync(path.join(root, name), 'utf8')) as Record<string, string>;

/** Every text that the extension, the page or what both say hands to a translator, with the files that do. */
function texts(): Map<string, string> {
  const call = /\bt\(\s*(?:'((?:[^'\\\n]|\\.)*)'|"((?:[^"\\\n]|\\.)*)"|`((?:[^`\\$]|\\.)*)`)/gu;
  const found = new Map<string, string>();
  for (const folder of ['src/extension', 'src/webview', 'src/protocol']) {
    for (const name of readdirSync(path.join(root, folder), { recursive: true, encoding: 'utf8' })) {
      if (!/\.tsx?$/u.test(name)) continue;
      const source = readFileSync(path.join(root, folder, name), 'utf8');
      for (const [, single, double, plain] of source.matchAll(call))
        found.set((single ?? double ?? plain ?? '').replaceAll(/\\(.)/gu, '$1'), `${folder}/${name}`);
    }
  }
  return found;
}

const places = (text: string): string[] => (text.match(/\{\d+\}/gu) ?? []).sort();

test('every text of the extension and the page has its German translation, with the same values in it (U6)', () => {
  const bundle = read('l10n/bundle.l10n.de.json');
  const used = texts();
  assert.ok(used.size > 200, 'the texts were found');
  const missing = [...used].filter(([text]) => bundle[text] === undefined);
  assert.deepEqual(missing, [], 'l10n/bundle.l10n.de.json misses texts');
  for (const [text, german] of Object.entries(bundle)) {
    assert.ok(used.has(text), `nobody says “${text}” any more`);
    assert.deepEqual(places(german), places(text), text);
  }
});

test('every text of the manifest is a key, in English and in German (U6)', () => {
  const manifest = readFileSync(path.join(root, 'package.json'), 'utf8');
  const keys = [...manifest.matchAll(/"%([^%"]+)%"/gu)].map(([, key]) => key ?? '');
  const english = read('package.nls.json');
  const german = read('package.nls.de.json');
  assert.deepEqual([...new Set(keys)].sort(), Object.keys(english).sort());
  assert.deepEqual(Object.keys(german).sort(), Object.keys(english).sort());
  const { contributes } = JSON.parse(manifest) as { contributes: object };
  const plain = [
    ...JSON.stringify(contributes).matchAll(
      /"(?:title|description|markdownDescription|contents|altText)":"([^%"][^"]*)"/gu,
    ),
  ];
  assert.deepEqual(
    plain.map(([text]) => text).filter((text) => !/"(Holdfast)"/u.test(text)),
    [],
  );
  for (const [key, text] of Object.entries(english))
    assert.deepEqual(german[key]?.match(/\]\([^)]*\)/gu), text.match(/\]\([^)]*\)/gu), key);
});
