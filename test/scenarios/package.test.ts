import assert from 'node:assert/strict';
import { cpSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { node24, npm, run } from '../../scripts/run.mjs';
import { holdfast } from '../support/terminalProgram.ts';
import { fakeAgent, testHome } from '../support/testHome.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** A program over the library as somebody would write it; it compiles only when the declarations are whole. */
const program = `
import { connect, isHoldfastError, type Answer, type Connection, type Envelope, type Session, type TurnEnd } from 'holdfast';

type IsAny<T> = 0 extends 1 & T ? true : false;
export const inferred: readonly false[] = [
  false satisfies IsAny<Envelope['event']>,
  false satisfies IsAny<Answer>,
  false satisfies IsAny<Awaited<ReturnType<Connection['list']>>['sessions'][number]['title']>,
];

export async function main(): Promise<TurnEnd> {
  await using connection = await connect({ clientName: 'a program', signal: AbortSignal.timeout(60_000) });
  await using session: Session = await connection.openSession({
    cwd: process.cwd(),
    onEvent({ event }) {
      if (event.type === 'turn.ended')
        event.outcome satisfies 'completed' | 'cancelled' | 'failed' | 'refused' | 'interrupted';
    },
    onPermission: ({ interaction }) => ({ kind: 'option', optionId: interaction.options[0]?.optionId ?? '' }),
  });
  // @ts-expect-error: a directory is a text
  connection.openSession({ cwd: 1 }).catch(() => undefined);
  for await (const { seq } of session.events({ since: 0 })) if (seq > 0) break;
  try {
    return await (await session.prompt('echo typed')).ended;
  } catch (error) {
    if (isHoldfastError(error, 'timedOut')) console.log(error.details['turnId']);
    throw error;
  }
}

console.log((await main()).outcome);
`;

test(
  'what npm packs works in an empty project without a registry: the program, the library, its types and the examples',
  { timeout: 180_000 },
  async (t) => {
    const { home, work: project } = testHome(t);
    const given = { home, cwd: project };
    const env = { npm_config_cache: path.join(home, 'npm'), npm_config_update_notifier: 'false' };
    writeFileSync(
      path.join(project, 'package.json'),
      '{ "name": "empty", "private": true, "type": "module" }',
    );
    await npm(['pack', '--ignore-scripts', '--pack-destination', project], { cwd: root, env });
    const packed = readdirSync(project).filter((name) => name.endsWith('.tgz'));
    assert.equal(packed.length, 1);
    const limits = ['--offline', '--omit=optional', '--no-audit', '--no-fund'];
    await npm(['install', ...limits, `./${packed[0]}`], { cwd: project, env });
    assert.deepEqual(installed(project), ['holdfast'], 'it brings no other package');

    await t.test('its declarations say nothing with any', () => {
      const types = path.join(project, 'node_modules', 'holdfast', 'dist', 'types');
      for (const name of readdirSync(types, { recursive: true, encoding: 'utf8' })) {
        // Those of zod are not ours.
        if (!name.endsWith('.d.ts') || name.split(path.sep)[0] === 'zod') continue;
        const text = readFileSync(path.join(types, name), 'utf8');
        const code = text.replace(/\/\*[^]*?\*\//gu, '').replace(/'[^'\n]*'|"[^"\n]*"/gu, "''");
        assert.doesNotMatch(code, /\bany\b/u, name);
      }
    });

    await t.test('the program runs a prompt, and says its version', async () => {
      const program = path.join(project, 'node_modules', 'holdfast', 'dist', 'cli.js');
      const ran = await holdfast(['run', '--agent', 'shell', 'echo packed'], { ...given, program });
      assert.deepEqual([ran.code, ran.stdout], [0, 'packed\n'], ran.stderr);
      const { version } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')) as {
        version: string;
      };
      assert.equal((await holdfast(['--version'], { ...given, program })).stdout.trim(), version);
    });

    await t.test(
      'its declarations are whole, under the strictest rules, and hold for the examples',
      async () => {
        cpSync(path.join(root, 'docs', 'examples'), project, { recursive: true });
        writeFileSync(path.join(project, 'program.ts'), program);
        const compilerOptions = {
          ...{ strict: true, exactOptionalPropertyTypes: true, noUncheckedIndexedAccess: true, noEmit: true },
          ...{
            target: 'es2023',
            lib: ['es2023', 'esnext.disposable'],
            module: 'nodenext',
            skipLibCheck: false,
          },
          ...{ types: ['node'], typeRoots: [path.join(root, 'node_modules', '@types')] },
        };
        writeFileSync(
          path.join(project, 'tsconfig.json'),
          JSON.stringify({ compilerOptions, include: ['*.ts'] }),
        );
        await run(node24(), [path.join(root, 'node_modules/typescript/bin/tsc'), '-p', project], {
          cwd: project,
        });
        const ran = await holdfast([], { ...given, program: path.join(project, 'program.ts') });
        assert.deepEqual([ran.code, ran.stdout], [0, 'completed\n'], ran.stderr);
      },
    );

    await t.test('the examples do what they say', async () => {
      writeFileSync(
        path.join(home, 'agents.json'),
        JSON.stringify({ agents: { scripted: fakeAgent('scripted') } }),
      );
      const example = async (name: string, ...args: string[]): Promise<string[]> => {
        const ran = await holdfast(args, { ...given, program: path.join(project, `${name}.ts`) });
        assert.deepEqual([ran.code, ran.stderr], [0, ''], name);
        return ran.stdout.trimEnd().split('\n');
      };
      const first = await example('firstSession');
      assert.equal(first[0], '1 session.started');
      assert.ok(first.includes('completed'));
      assert.deepEqual(await example('answering', 'scripted', 'permission\nquestions input'), [
        'permission: Remove a.txt: Allow once',
        'question: Which colour? Red',
        'question: Which sizes? S',
        'completed',
      ]);
      const followed = await example('following');
      assert.equal(followed.at(-1), 'green');
      const numbers = followed.slice(0, -1).map((line) => Number.parseInt(line, 10));
      assert.deepEqual(
        numbers,
        numbers.map((_, index) => (numbers[0] ?? 0) + index),
        'nothing missed, nothing twice',
      );
    });
  },
);

/** The packages of a project. */
const installed = (project: string): string[] =>
  readdirSync(path.join(project, 'node_modules')).filter((name) => !name.startsWith('.'));
