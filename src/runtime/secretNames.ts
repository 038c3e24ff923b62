import { redactValue } from './redactValue.ts';
import { SecretMatcher } from './secretMatcher.ts';
import { secretsOf, type SecretSources } from './secrets.ts';

/**
 * What the secrets that stand in a value are called: the variables they are values of, or the servers they belong to. Slow, for
 * what has been redacted already: every source is looked for by itself (C5).
 */
export function secretNamesIn(
  value: object,
  sources: SecretSources,
  directories: readonly string[],
): readonly string[] {
  const { secrets } = sources;
  return named(sources)
    .filter(([, one]) => {
      const found = secretsOf({ ...one, secrets }, directories);
      return found.size > 0 && redactValue(value, new SecretMatcher(found)) !== value;
    })
    .map(([name]) => name)
    .filter((name, index, all) => all.indexOf(name) === index);
}

/** Each source by itself, with its name. */
function named({ env, agent, mcpServers }: SecretSources): readonly (readonly [string, SecretSources])[] {
  return [
    ...Object.entries(env ?? {}).map(([name, value]) => [name, { env: { [name]: value } }] as const),
    ...Object.entries(agent?.env ?? {}).map(
      ([name, value]) =>
        [name, { agent: { env: { [name]: value }, secretNames: agent?.secretNames } }] as const,
    ),
    ['the agent’s arguments', { agent: { env: {}, record: { args: agent?.record?.args } } }],
    ...Object.entries({ ...agent?.mcpServers, ...mcpServers }).map(
      ([name, server]) => [`the MCP server ${name}`, { mcpServers: { [name]: server } }] as const,
    ),
  ];
}
