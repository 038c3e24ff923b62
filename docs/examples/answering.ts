// Answers what an agent asks: allows what it wants to do, and chooses the first option of each question.
// Run: node answering.ts AGENT 'PROMPT'
import { connect, type Answer } from 'holdfast';

const [agent, prompt = 'Remove the build folder.'] = process.argv.slice(2);

await using connection = await connect({ clientName: 'answering' });
await using session = await connection.openSession({
  agent,
  cwd: process.cwd(),
  onPermission({ interaction: { title, options } }): Answer {
    const allow = options.find(({ kind }) => kind === 'allow_once');
    console.log(`permission: ${title}: ${allow?.name ?? 'rejected'}`);
    return allow ? { kind: 'option', optionId: allow.optionId } : { kind: 'reject' };
  },
  onQuestion({ interaction }): Answer | undefined {
    // A form or a page to open is left open, for a person in the editor or at a terminal.
    if (interaction.kind !== 'question') return undefined;
    const chosen = interaction.questions.map(({ questionId, text, options }) => {
      console.log(`question: ${text} ${options[0]?.label}`);
      return [questionId, options[0]?.optionId];
    });
    return { kind: 'values', values: Object.fromEntries(chosen) };
  },
});
const { outcome } = await (await session.prompt(prompt)).ended;
console.log(outcome);
await session.end();
