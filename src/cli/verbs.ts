import { noMore, usageError, type ExitCode, type Invocation } from './command.ts';

/** What a command with several actions does, by the word after its name; `ls` unless one is given. */
export type Verbs = Readonly<
  Record<
    string,
    {
      /** How many words it takes, itself among them. */
      readonly words: number;
      run(invocation: Invocation): Promise<ExitCode>;
    }
  >
>;

/** Does what the first word says. Throws a usage error when it says nothing of these, or more words follow than are taken. */
export async function runVerb(verbs: Verbs, invocation: Invocation): Promise<ExitCode> {
  const [verb = 'ls'] = invocation.positionals;
  const chosen = Object.hasOwn(verbs, verb) ? verbs[verb] : undefined;
  if (chosen === undefined) throw usageError(`"${verb}" is not one of ${Object.keys(verbs).join(', ')}`);
  noMore(invocation, chosen.words);
  return chosen.run(invocation);
}
