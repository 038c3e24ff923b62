/** The text of docs/api.md: the public API's declarations with their docstrings, in the order of src/client/api.ts. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, posix } from 'node:path';
import { pathToFileURL } from 'node:url';

import { emitDeclarations } from './declarations.mjs';
import { root } from './run.mjs';
import { brief, json } from './schemaText.mjs';

/** @typedef {{ name: string, file: string }} Exported `file` is a path in src, with its ending `.ts`. */
/** @typedef {{ doc: string, text: string }} Declaration */

/** The text of docs/api.md. */
export async function apiMarkdown() {
  const emitted = mkdtempSync(join(tmpdir(), 'holdfast-api-'));
  try {
    await emitDeclarations(emitted);
    return await markdown(emitted);
  } finally {
    rmSync(emitted, { recursive: true, force: true });
  }
}

/** @param {string} emitted The folder of the declarations. */
async function markdown(emitted) {
  const lines = [
    '# The library',
    '',
    '<!-- Generated from src/client by `npm run docs`; a test keeps it current. -->',
    '',
    'What the package `holdfast` exports, for programs: ESM, Node 20 or newer. Examples that run: [first session](examples/firstSession.ts),',
    '[answering](examples/answering.ts), [following](examples/following.ts). TypeScript needs 5.2 or newer, `@types/node`, and',
    '`esnext.disposable` in `lib`. The wire below it is in [protocol.md](protocol.md). `(T5)` and “law 4” name rules of the house.',
  ];
  for (const { title, exported } of sections()) {
    lines.push('', `## ${title}`);
    for (const each of exported) {
      const { doc, text } = await shown(each, emitted);
      lines.push('', `### \`${each.name}\``);
      lines.push('', doc, '', '```ts', text, '```');
    }
  }
  return `${lines.join('\n')}\n`;
}

/** The groups of src/client/api.ts, by the comment above each. */
function sections() {
  const source = readFileSync(join(root, 'src', 'client', 'api.ts'), 'utf8');
  return source
    .split(/^\/\/ /m)
    .slice(1)
    .map((part) => {
      const [title = '', ...rest] = part.split('\n');
      /** @type {Exported[]} */
      const exported = [];
      for (const [, names = '', from = ''] of rest.join('\n').matchAll(/\{([^}]*)\} from '([^']+)'/g)) {
        const file = posix.join('client', from);
        for (const name of names.split(',').map((each) => each.replace(/\btype\b/, '').trim()))
          if (name !== '') exported.push({ name, file });
      }
      return { title, exported };
    });
}

/**
 * A declaration as a reader wants it: without what is private, and spelt out where it is inferred from a schema.
 *
 * @param {Exported} exported
 * @param {string} emitted
 * @returns {Promise<Declaration>}
 */
async function shown({ name, file }, emitted) {
  const { doc, text } = declarationOf(name, file, emitted);
  if (doc === '') throw new Error(`${name} in src/${file} is public and has no docstring`);
  const [, io, schema] = /= (?:Readonly<)?z\.(\w+)<typeof (\w+)>+;$/.exec(text) ?? [];
  if (schema !== undefined) {
    const module = await import(pathToFileURL(join(root, 'src', file)).href);
    if (module[schema] === undefined) throw new Error(`${file} does not export ${schema}`);
    const { anyOf, oneOf, ...whole } = json(module[schema], io === 'input' ? 'input' : 'output');
    const shapes = (anyOf ?? oneOf ?? [whole]).map(typeText);
    const text = shapes.length === 1 ? ` ${shapes[0]}` : shapes.map((each) => `\n  | ${each}`).join('');
    return { doc, text: `type ${name} =${text};` };
  }
  return {
    doc,
    text: text
      .replace(/^export (declare )?/, '')
      .replace(/^ {4}(?:#private|private |constructor\().*\n/gm, '')
      .replaceAll('    ', '  '),
  };
}

/** @param {object} schema A JSON Schema. @returns {string} It as TypeScript. */
function typeText(schema) {
  return brief(schema)
    .replace(/\{\[name\]: ([^{}]*)\}/g, '{ [name: string]: $1 }')
    .replace(/\bany\b/g, 'unknown')
    .replace(/\binteger\b/g, 'number')
    .replaceAll('"', "'");
}

/**
 * One exported declaration with its docstring; one that a file passes on is looked for where it comes from.
 *
 * @param {string} name
 * @param {string} file
 * @param {string} emitted
 * @returns {Declaration}
 */
function declarationOf(name, file, emitted) {
  const source = readFileSync(join(emitted, file.replace(/\.ts$/, '.d.ts')), 'utf8');
  const start = new RegExp(
    `^export (?:declare )?(?:abstract )?(?:function|class|interface|type|const) ${name}\\b`,
    'm',
  ).exec(source);
  if (start === null) {
    const passed = new RegExp(`export (?:type )?\\{[^}]*\\b${name}\\b[^}]*\\} from '([^']+)'`).exec(source);
    if (passed?.[1] === undefined) throw new Error(`${file} does not declare ${name}`);
    return declarationOf(name, posix.join(posix.dirname(file), passed[1]), emitted);
  }
  const rest = source.slice(start.index);
  // Whatever stands at the beginning of a line again is the next declaration, or its comment.
  const text = rest.slice(0, /\n(?=\S)(?!\}|\| )/.exec(rest)?.index).trimEnd();
  const comment = /\/\*\*(?:(?!\*\/)[^])*\*\/\n$/.exec(source.slice(0, start.index))?.[0] ?? '';
  return { doc: prose(comment), text };
}

/** @param {string} comment */
function prose(comment) {
  return comment
    .replace(/^\/\*\*[ \t]*\n?/, '')
    .replace(/\s*\*\/\s*$/, '')
    .replace(/^ \* ?/gm, '')
    .trim();
}
