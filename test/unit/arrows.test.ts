import assert from 'node:assert/strict';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join, posix, relative, sep } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const src = fileURLToPath(new URL('../../src', import.meta.url));

/** Who may import what: the table of ARCHITECTURE.md. `node` stands for every module of Node. */
const arrows: Record<string, readonly string[]> = {
  base: [],
  protocol: ['base', 'zod'],
  client: ['protocol', 'base', 'node', 'ws', 'vscode-jsonrpc', 'env-paths', 'ajv'],
  runtime: [
    'protocol',
    'base',
    'node',
    'ws',
    'vscode-languageserver-protocol',
    'vscode-languageserver-textdocument',
    'vscode-jsonrpc',
    '@agentclientprotocol/sdk',
    'env-paths',
    'ignore',
    'tar-stream',
    'yauzl',
  ],
  extension: ['client', 'protocol', 'base', 'node', 'vscode', 'vscode-languageclient'],
  webview: [
    'protocol',
    'base',
    'preact',
    '@preact/signals',
    'marked',
    'katex',
    'mermaid',
    'highlight.js',
    '@vscode/codicons',
  ],
  cli: ['client', 'protocol', 'base', 'node', 'picocolors'],
};

/** Folders that a folder may hold. Another one needs a reason, and its place here. */
const subfolders: Record<string, readonly string[]> = {
  runtime: ['handlers', 'journal', 'agent', 'agents', 'documents', 'shell', 'work'],
};

interface Import {
  readonly file: string;
  readonly folder: string;
  /** As written. */
  readonly specifier: string;
  /** A top folder of src, `node`, or the name of a package. */
  readonly target: string;
  /** The path inside src, when it leads there. */
  readonly path?: string;
}

test('src holds exactly the folders of the house', () => {
  const folders = readdirSync(src, { withFileTypes: true });
  assert.deepEqual(
    folders.filter((entry) => !entry.isDirectory()).map(({ name }) => name),
    [],
    'no file stands in src itself',
  );
  const unknown = folders.map(({ name }) => name).filter((name) => !(name in arrows));
  assert.deepEqual(unknown, [], 'no folder that the table does not name');
});

test('the runtime holds only the folders of the house', () => {
  for (const [folder, allowed] of Object.entries(subfolders)) {
    const unknown = readdirSync(join(src, folder), { withFileTypes: true })
      .filter((entry) => entry.isDirectory() && !allowed.includes(entry.name))
      .map(({ name }) => name);
    assert.deepEqual(unknown, [], `folders in src/${folder}`);
  }
});

for (const [folder, allowed] of Object.entries(arrows)) {
  test(`${folder} imports nothing but ${allowed.join(', ') || 'itself'}`, () => {
    const wrong = importsOf(folder).filter(({ target }) => target !== folder && !allowed.includes(target));
    assert.deepEqual(wrong.map(describe), []);
  });
}

test('nobody imports runtime, extension, webview or cli', () => {
  const closed = ['runtime', 'extension', 'webview', 'cli'];
  const wrong = allImports().filter(({ folder, target }) => closed.includes(target) && folder !== target);
  assert.deepEqual(wrong.map(describe), []);
});

test('journal and agent never meet', () => {
  const wrong = importsOf('runtime').filter(
    ({ file, path }) =>
      (file.startsWith('runtime/journal/') && path?.startsWith('runtime/agent/')) ||
      (file.startsWith('runtime/agent/') && path?.startsWith('runtime/journal/')),
  );
  assert.deepEqual(wrong.map(describe), []);
});

test('only the fold, ids and types of the protocol reach the page: nothing that loads zod', () => {
  for (const { file, specifier } of reachedFrom(sourceFiles('webview'), runtimeImportsOf))
    assert.ok(specifier !== 'zod', `${file} loads zod and is loaded by the page`);
});

test('activation loads nothing that talks to the runtime: that comes after it, on demand', () => {
  const later = new Set(['zod', 'ws', 'ajv', 'vscode-jsonrpc', 'vscode-languageclient']);
  const loaded = [...reachedFrom(['extension/activate.ts'], importsAtOnceOf)];
  assert.ok(loaded.length > 100, 'its imports were followed');
  assert.deepEqual(loaded.filter(({ target }) => later.has(target)).map(describe), []);
});

test('imports inside src are written with their ending and never through a folder', () => {
  const wrong = allImports().filter(
    ({ specifier }) => specifier.startsWith('.') && !/\.(ts|tsx|css|json)$/.test(specifier),
  );
  assert.deepEqual(wrong.map(describe), []);
});

function describe({ file, specifier }: Import): string {
  return `src/${file} imports '${specifier}'`;
}

function allImports(): Import[] {
  return Object.keys(arrows).flatMap(importsOf);
}

function importsOf(folder: string): Import[] {
  return sourceFiles(folder).flatMap((file) => readImports(file));
}

/** What is imported from some files on, directly or not. */
function* reachedFrom(
  files: readonly string[],
  importsOfFile: (file: string) => Import[],
): Generator<Import> {
  const reached = new Set(files);
  for (const file of reached)
    for (const found of importsOfFile(file)) {
      yield found;
      if (found.path !== undefined) reached.add(found.path);
    }
}

/** Imports that are still there when types are gone, and are not made later by `import()`. */
function importsAtOnceOf(file: string): Import[] {
  return readImports(file, /^\s*(?:import|export)\s+type\b|^import\(/);
}

/** Imports that are still there when types are gone. */
function runtimeImportsOf(file: string): Import[] {
  return readImports(file, /^\s*(?:import|export)\s+type\b/);
}

function readImports(file: string, skip?: RegExp): Import[] {
  const text = readFileSync(join(src, file), 'utf8');
  const statements =
    /^\s*(?:import|export)\b[^;'"]*?from\s*['"]([^'"]+)['"]|^\s*import\s*['"]([^'"]+)['"]|\bimport\(\s*['"]([^'"]+)['"]\s*\)/gm;
  return [...text.matchAll(statements)]
    .filter(([statement]) => !skip?.test(statement))
    .map(([, from, bare, dynamic]) => resolve(file, from ?? bare ?? dynamic ?? ''));
}

function resolve(file: string, specifier: string): Import {
  const folder = file.split('/')[0] ?? '';
  if (specifier.startsWith('.')) {
    const path = posix.join(posix.dirname(file), specifier);
    return { file, folder, specifier, target: path.split('/')[0] ?? '', path };
  }
  if (specifier.startsWith('node:')) return { file, folder, specifier, target: 'node' };
  const parts = specifier.split('/');
  const target = specifier.startsWith('@') ? parts.slice(0, 2).join('/') : (parts[0] ?? '');
  return { file, folder, specifier, target };
}

/** Paths inside src, with `/`. */
function sourceFiles(folder: string): string[] {
  const top = join(src, folder);
  if (!statSync(top, { throwIfNoEntry: false })) return [];
  return readdirSync(top, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.tsx?$/.test(entry.name))
    .map((entry) => relative(src, join(entry.parentPath, entry.name)).split(sep).join('/'));
}
