// Writes docs/protocol.md and docs/protocol.schema.json from the schemas both sides parse with, and docs/api.md from the
// public API's declarations. Run: npm run docs
// With --check it writes nothing and exits 1 when a file is out of date. Needs the Node that runs TypeScript (24).
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { clientHelloSchema, runtimeHelloSchema } from '../src/protocol/handshake.ts';
import { errorCodes } from '../src/protocol/errors.ts';
import { eventSchemas } from '../src/protocol/eventSchemas.ts';
import {
  clientNotificationSchemas,
  requestSchemas,
  runtimeNotificationSchemas,
} from '../src/protocol/methods.ts';
import { windowRequestSchemas } from '../src/protocol/methods/documentMethods.ts';
import { envelopeSchema } from '../src/protocol/parseEnvelope.ts';
import { PROTOCOL } from '../src/protocol/version.ts';
import { apiMarkdown } from './apiDocs.mjs';
import { brief, json } from './schemaText.mjs';

/** @param {string} text */
const block = (text) => ['```', text, '```'];

function markdown() {
  const lines = [
    '# The Holdfast protocol',
    '',
    '<!-- Generated from src/protocol by `npm run docs`; a test keeps it current. -->',
    '',
    `Protocol version ${PROTOCOL.min === PROTOCOL.max ? PROTOCOL.max : `${PROTOCOL.min} to ${PROTOCOL.max}`}. JSON-RPC 2.0 on the LSP base over a WebSocket on a Unix domain socket or`,
    'Windows named pipe, one message a text frame. The token of the discovery entry goes in the `Authorization` header.',
    'Unknown fields are ignored, unknown methods answered −32601, malformed params −32602 with the field’s name.',
    'Machine-readable: [protocol.schema.json](protocol.schema.json).',
    '',
    '## Handshake',
    '',
    'LSP `initialize`; the client’s part stands in `initializationOptions.holdfast`, the runtime’s in `result.holdfast`.',
    '',
    ...block(`client:  ${brief(json(clientHelloSchema, 'input'))}`),
    ...block(`runtime: ${brief(json(runtimeHelloSchema, 'output'))}`),
    '',
    '## Requests',
  ];
  for (const table of [requestSchemas, windowRequestSchemas]) {
    if (table === windowRequestSchemas) lines.push('', '## Requests to a window');
    for (const [method, { params, result, describe }] of Object.entries(table)) {
      lines.push('', `### \`${method}\``, '', describe, '');
      lines.push(
        ...block(`params: ${brief(json(params, 'input'))}\nresult: ${brief(json(result, 'output'))}`),
      );
    }
  }
  for (const [title, table] of /** @type {const} */ ([
    ['Notifications to the runtime', clientNotificationSchemas],
    ['Notifications to the client', runtimeNotificationSchemas],
  ])) {
    lines.push('', `## ${title}`);
    for (const [method, { params, describe }] of Object.entries(table)) {
      lines.push('', `### \`${method}\``, '', describe, '', ...block(brief(json(params, 'output'))));
    }
  }
  lines.push(
    '',
    '## Envelope',
    '',
    'An event with its place. A client at cursor c applies it if and only if `(from ?? seq) ≤ c+1 ≤ seq`.',
    '',
  );
  lines.push(...block(brief(json(envelopeSchema, 'output'))), '', '## Events');
  for (const [type, schema] of Object.entries(eventSchemas)) {
    lines.push(
      '',
      `### \`${type}\``,
      '',
      schema.description ?? '',
      '',
      ...block(brief(json(schema, 'output'))),
    );
  }
  lines.push(
    '',
    '## Errors',
    '',
    'An error’s `data` is `{ kind, details }`; kinds and codes never change their meaning.',
    '',
  );
  lines.push(
    '| kind | code |',
    '|---|---|',
    ...Object.entries(errorCodes).map(([kind, code]) => `| \`${kind}\` | ${code} |`),
  );
  return `${lines.join('\n')}\n`;
}

function schemaFile() {
  const table = (/** @type {Record<string, any>} */ schemas) =>
    Object.fromEntries(
      Object.entries(schemas).map(([name, { params, result }]) => [
        name,
        {
          params: json(params, 'input'),
          ...(result === undefined ? {} : { result: json(result, 'output') }),
        },
      ]),
    );
  const events = Object.fromEntries(
    Object.entries(eventSchemas).map(([type, schema]) => [type, json(schema, 'output')]),
  );
  return `${JSON.stringify(
    {
      protocol: PROTOCOL,
      handshake: { client: json(clientHelloSchema, 'input'), runtime: json(runtimeHelloSchema, 'output') },
      requests: table(requestSchemas),
      windowRequests: table(windowRequestSchemas),
      clientNotifications: table(clientNotificationSchemas),
      runtimeNotifications: table(runtimeNotificationSchemas),
      envelope: json(envelopeSchema, 'output'),
      events,
      errors: errorCodes,
    },
    null,
    1,
  )}\n`;
}

const check = process.argv.includes('--check');
let stale = false;
for (const [name, make] of /** @type {const} */ ([
  ['protocol.md', markdown],
  ['protocol.schema.json', schemaFile],
  ['api.md', apiMarkdown],
])) {
  const file = fileURLToPath(new URL(`../docs/${name}`, import.meta.url));
  const text = await make();
  if (!check) writeFileSync(file, text);
  else if (read(file) !== text) {
    console.error(`docs/${name} is out of date: run npm run docs`);
    stale = true;
  }
}
process.exitCode = stale ? 1 : 0;

/** @param {string} file */
function read(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}
