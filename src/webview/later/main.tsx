/** What rows need that the first paint does not: a script of its own, which the page loads with the first of these. */
export { ConsentCard } from './consentCard.tsx';
export { FormCard } from './formCard.tsx';
export { QuestionCard } from './questionCard.tsx';
export { WaysBack, WaysOut } from './waysOut.tsx';
export { JumpButton } from './jumpButton.tsx';
export { takeUp, toPrompt } from './moves.ts';
export { Artifacts } from './artifacts.tsx';
export { RefusalRow } from './refusalRow.tsx';
export { Silence } from './silence.tsx';
