import assert from 'node:assert/strict';
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { PROTOCOL } from '../../src/protocol/version.ts';
import { runtimeBundle, type TestHome } from './testHome.ts';

/** A build of its own: the same runtime under another id, or one that speaks another protocol. */
export function otherBuild({ home }: TestHome, buildId: string, protocol = PROTOCOL): string {
  const folder = path.join(home, '..', `package-${buildId}`);
  mkdirSync(folder);
  const bundle = path.join(folder, 'runtime.mjs');
  if (protocol === PROTOCOL) copyFileSync(runtimeBundle, bundle);
  else {
    const own = /\bPROTOCOL\s*=\s*\{\s*min:\s*\d+,\s*max:\s*\d+\s*\}/u;
    const text = readFileSync(runtimeBundle, 'utf8');
    assert.ok(own.test(text), 'the bundle says its protocol');
    writeFileSync(bundle, text.replace(own, `PROTOCOL = { min: ${protocol.min}, max: ${protocol.max} }`));
  }
  writeFileSync(path.join(folder, 'runtime.json'), JSON.stringify({ buildId, protocol }));
  return bundle;
}
