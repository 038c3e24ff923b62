/** An MCP server with one tool, `secret_word`, which says the word in its environment. Without an SDK; ends with its stdin. */
import { createInterface } from 'node:readline';

const tools = [
  {
    name: 'secret_word',
    description: 'Says the secret word.',
    inputSchema: { type: 'object', properties: {} },
  },
];

/** @type {Record<string, (params: any) => object>} */
const methods = {
  initialize: ({ protocolVersion }) => ({
    protocolVersion,
    capabilities: { tools: {} },
    serverInfo: { name: 'tools', version: '1.0.0' },
  }),
  'tools/list': () => ({ tools }),
  'tools/call': () => ({ content: [{ type: 'text', text: `the word is ${process.env['SECRET_WORD']}` }] }),
  ping: () => ({}),
};

createInterface({ input: process.stdin })
  .on('line', (line) => {
    const { id, method, params } = JSON.parse(line);
    if (id === undefined) return;
    const result = methods[method]?.(params ?? {});
    const error = { code: -32601, message: `no method ${method}` };
    process.stdout.write(`${JSON.stringify({ jsonrpc: '2.0', id, ...(result ? { result } : { error }) })}\n`);
  })
  .on('close', () => process.exit(0));
