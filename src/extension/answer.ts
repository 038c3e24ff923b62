import * as vscode from 'vscode';
import type { Answer } from '../protocol/interaction.ts';
import type { OpenInteraction } from '../protocol/head.ts';
import type { InteractionId, SessionId } from '../protocol/ids.ts';
import { isHoldfastError } from '../protocol/errors.ts';
import { askAndDo } from './askAndDo.ts';
import { plainText } from './plainText.ts';
import type { WindowConnection } from './windowConnection.ts';

/**
 * Lets a person settle what a session waits for, the oldest first unless one is named. What has more to it than one choice
 * or one text is answered in the chat page: then the result is `'openPage'`. With an `optionId` nothing is asked any more.
 */
export async function answerInteraction(
  connection: WindowConnection,
  sessionId: SessionId,
  {
    interactionId,
    optionId,
  }: { readonly interactionId?: InteractionId | undefined; readonly optionId?: string | undefined } = {},
): Promise<'done' | 'dismissed' | 'nothingOpen' | 'openPage'> {
  const { head } = await connection.request('session/get', { sessionId });
  const open = head.interactions.find(
    (each) => interactionId === undefined || each.interactionId === interactionId,
  );
  if (open === undefined) return 'nothingOpen';
  const settle = async (answer: Answer): Promise<void> => {
    try {
      await connection.request('session/answer', { sessionId, interactionId: open.interactionId, answer });
    } catch (error) {
      if (!isHoldfastError(error, 'interactionSettled')) throw error;
      void vscode.window.showInformationMessage(
        vscode.l10n.t('Somebody else was faster: {0}', plainText(error.message)),
      );
    }
  };
  if (optionId === undefined) return ask(open, head.title, settle);
  await settle({ kind: 'option', optionId });
  return 'done';
}

async function ask(
  { interaction }: OpenInteraction,
  title: string,
  settle: (answer: Answer) => Promise<void>,
): Promise<'done' | 'dismissed' | 'openPage'> {
  if (interaction.kind === 'permission') {
    const items = interaction.options.map(({ optionId, name, kind }) => ({
      optionId,
      label: `$(${iconOf(kind)}) ${plainText(name)}`,
    }));
    const picked = await vscode.window.showQuickPick(items, {
      title,
      placeHolder: interaction.title,
      ignoreFocusOut: true,
    });
    if (picked === undefined) return 'dismissed';
    await settle({ kind: 'option', optionId: picked.optionId });
    return 'done';
  }
  if (interaction.kind !== 'question') return 'openPage';
  const [question, ...others] = interaction.questions;
  if (question === undefined || others.length > 0 || question.options.length > 0) return 'openPage';
  const { questionId, text: prompt } = question;
  const answered = await askAndDo({ title, prompt, takesEmpty: true, ignoreFocusOut: true }, async (text) => {
    await settle({ kind: 'values', values: { [questionId]: text } });
    return 'done' as const;
  });
  return answered ?? 'dismissed';
}

/** The codicon of a choice: what goes ahead, what replaces a person's own edits, and what does not. */
function iconOf(kind: string): string {
  if (kind === 'overwrite') return 'warning';
  return kind.startsWith('allow') ? 'check' : 'circle-slash';
}
