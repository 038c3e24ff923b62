import { HoldfastError } from '../protocol/errors.ts';
import { formProblem, questionProblem } from '../protocol/formAnswer.ts';
import type { Answer, Interaction } from '../protocol/interaction.ts';

/** Whether an answer fits what was asked; throws `invalidAnswer` where it does not. */
export function checkAnswer(interaction: Interaction, answer: Answer): void {
  const refuse = (problem: string): never => {
    throw new HoldfastError('invalidAnswer', problem);
  };
  if (answer.kind === 'reject' || answer.kind === 'dismiss') return;
  switch (interaction.kind) {
    case 'permission': {
      if (answer.kind !== 'option') return refuse('a permission is answered with one of its options');
      const ids = interaction.options.map((option) => option.optionId);
      if (!ids.includes(answer.optionId))
        return refuse(`no option ${answer.optionId}; there are ${ids.join(', ')}`);
      return;
    }
    case 'question':
    case 'form': {
      if (answer.kind !== 'values') return refuse(`a ${interaction.kind} is answered with values`);
      const problem =
        interaction.kind === 'question'
          ? questionProblem(interaction.questions, answer.values)
          : formProblem(interaction.schema, answer.values);
      if (problem !== undefined) return refuse(problem);
      return;
    }
    case 'url':
      if (answer.kind !== 'accept') return refuse('a URL is accepted, rejected or dismissed');
      return;
  }
}
