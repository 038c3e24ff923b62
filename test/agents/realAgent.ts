import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { ensureAgents, type agentPackages } from '../../scripts/agents.mjs';

export type RealAgent = keyof typeof agentPackages;

/** An agent as a client defines it, with a home of its own and the fake model behind it. */
export async function realAgent(
  name: RealAgent,
  { home, model }: { readonly home: string; readonly model: string },
) {
  const { command, args } = (await ensureAgents())[name];
  mkdirSync(home, { recursive: true });
  const tools = { command: process.execPath, args: [toolServer], env: { SECRET_WORD: 'marzipan' } };
  return { name, command, args, env: environments[name](home, model), mcpServers: { tools } };
}

const toolServer = fileURLToPath(new URL('../support/toolServer.mjs', import.meta.url));

/** What each needs to be at home in a folder of its own, with the fake model. */
export const environments: Record<RealAgent, (home: string, model: string) => Record<string, string>> = {
  opencode(home, model) {
    const config = path.join(home, '.config', 'opencode');
    mkdirSync(config, { recursive: true });
    const options = { baseURL: `${model}/v1`, apiKey: 'sk-dummy' };
    const models = {
      'fake-model': { name: 'Fake', tool_call: true, limit: { context: 128_000, output: 8192 } },
    };
    const settings = {
      ...{ autoupdate: false, share: 'disabled', model: 'fake/fake-model', small_model: 'fake/fake-model' },
      permission: { edit: 'ask', bash: 'ask' },
      provider: { fake: { npm: '@ai-sdk/openai-compatible', name: 'Fake', options, models } },
      enabled_providers: ['fake'],
    };
    writeFileSync(path.join(config, 'opencode.json'), JSON.stringify(settings));
    const off = ['AUTOUPDATE', 'MODELS_FETCH', 'LSP_DOWNLOAD', 'DEFAULT_PLUGINS'].map((what) => [
      `OPENCODE_DISABLE_${what}`,
      '1',
    ]);
    const folders = ['CONFIG', 'DATA', 'CACHE', 'STATE'].map((what) => [
      `XDG_${what}_HOME`,
      path.join(home, what === 'CONFIG' ? '.config' : what),
    ]);
    return { HOME: home, ...Object.fromEntries([...off, ...folders]) };
  },
  claude: (home, model) => ({
    HOME: home,
    ANTHROPIC_BASE_URL: model,
    ANTHROPIC_API_KEY: 'sk-dummy',
    CLAUDE_CONFIG_DIR: path.join(home, '.claude'),
    CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
    DISABLE_AUTOUPDATER: '1',
    // Tools of MCP servers are told to the model at once, and not found by a search first.
    ENABLE_TOOL_SEARCH: 'false',
    IS_SANDBOX: '1',
  }),
};
