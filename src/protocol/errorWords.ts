import type { ErrorKind } from './errors.ts';

/** Translates an English text; `{0}` stands for the first value after it. */
type Translate = (message: string, ...values: string[]) => string;

/** A failure as it is known to whoever shows it. */
export interface Told {
  readonly kind: string;
  /** The words of whoever failed, in English. */
  readonly message: string;
  readonly details?: Readonly<Record<string, unknown>> | undefined;
}

interface Sentence {
  /** The sentence, with the name of what it is about where that is known. */
  readonly say: (t: Translate, name: string | undefined) => string;
  /** The sentence says all that the failure's own words do, if it has its name: nothing follows it. */
  readonly whole?: boolean;
  /** The detail that is its name. */
  readonly name?: string;
}

/** What each kind of failure means to a person, in one sentence that the failure's own words can follow. */
const sentences: Readonly<Record<ErrorKind, Sentence>> = {
  invalidParams: { say: (t) => t('Something was asked for that cannot be') },
  methodNotFound: { say: (t) => t('The runtime does not know what was asked of it') },
  internalError: { say: (t) => t('Something went wrong inside of Holdfast') },
  notInitialized: { say: (t) => t('The connection to the runtime was not begun') },
  requestCancelled: { say: (t) => t('The request was cancelled') },
  sessionNotFound: { say: (t) => t('This session is not there') },
  sessionExists: { say: (t) => t('This session exists already') },
  sessionEnded: { say: (t) => t('This session has ended') },
  sessionBusy: { say: (t) => t('The session is busy') },
  noCurrentSession: { say: (t) => t('No session was named, and none is current'), whole: true },
  turnNotFound: { say: (t) => t('This turn is not there') },
  interactionNotFound: { say: (t) => t('This question is not open any more'), whole: true },
  interactionSettled: { say: (t) => t('This question was answered already') },
  invalidAnswer: { say: (t) => t('The answer does not fit the question') },
  agentUnknown: { say: (t) => t('There is no such agent') },
  agentStartFailed: { say: (t) => t('The agent did not start') },
  agentFailed: { say: (t) => t('The agent failed') },
  cwdMissing: {
    say: (t, path) =>
      path === undefined
        ? t('The working directory does not exist')
        : t('The working directory {0} does not exist', path),
    name: 'path',
    whole: true,
  },
  cwdUnusable: { say: (t) => t('The working directory cannot be used') },
  storageFailed: { say: (t) => t('Nothing can be stored') },
  recovering: { say: (t) => t('The runtime is just starting; try again in a moment'), whole: true },
  retiring: { say: (t) => t('The runtime is just stopping; try again in a moment'), whole: true },
  incompatible: { say: (t) => t('This Holdfast and the runtime are of versions that do not fit') },
  unsupported: { say: (t) => t('This is not supported here') },
  commandFailed: { say: (t) => t('The command failed') },
  notAttached: { say: (t) => t('The session is not open here any more') },
  journalNewer: { say: (t) => t('The journal was written by a newer Holdfast') },
  homeUnusable: { say: (t) => t('The data directory cannot be used') },
  runtimeUnreachable: { say: (t) => t('The runtime cannot be reached') },
  noUsableNode: { say: (t) => t('There is no Node that the runtime can run on') },
  aborted: { say: (t) => t('This was given up') },
  connectionLost: { say: (t) => t('The connection to the runtime was lost') },
  connectionClosed: { say: (t) => t('The connection to the runtime is closed') },
  timedOut: { say: (t) => t('It took too long') },
  badAnswer: { say: (t) => t('The answer cannot be understood') },
  hostAssignsIds: { say: (t) => t('The host gives its sessions their ids itself') },
  sessionOpening: { say: (t) => t('The session is just being opened') },
  frameTooLarge: { say: (t) => t('This is too large to be sent') },
  interrupted: { say: (t) => t('This was interrupted') },
  agentDefinitionBroken: { say: (t) => t('The definition of the agent is broken') },
  processNotFound: { say: (t) => t('This agent process does not run any more') },
  commandReused: { say: (t) => t('The id of this command was used already') },
  permissionDenied: { say: (t) => t('This is not permitted') },
  blobNotFound: { say: (t) => t('This content is not kept any more') },
  agentInstallFailed: { say: (t) => t('The agent could not be installed') },
  agentNotInstalled: { say: (t) => t('The agent is not installed') },
  signInRequired: { say: (t) => t('The agent wants you to sign in') },
  signInFailed: { say: (t) => t('Signing in failed') },
  ruleNotFound: { say: (t) => t('This permission rule is not there any more') },
  rulesUnreadable: { say: (t) => t('The permission rules cannot be read or kept') },
  uploadFailed: { say: (t) => t('The upload failed') },
  artifactNotFound: { say: (t) => t('This artifact is not there') },
  listenFailed: { say: (t) => t('The runtime cannot listen for connections') },
  accessRefused: { say: (t) => t('Access was refused') },
  answerInvalid: { say: (t) => t('The answer is not what was asked for') },
  downloadFailed: { say: (t) => t('The download failed') },
};

/**
 * A failure in the language of whoever reads it (U6). Pure. English readers get the failure's own words, which say most; others a
 * sentence for its kind, and behind it those words where they say more. A kind that a newer runtime invented keeps its words alone.
 */
export function errorWords({ kind, message, details }: Told, t: Translate): string {
  if (!Object.hasOwn(sentences, kind)) return message;
  const { say, whole = false, name } = sentences[kind as ErrorKind];
  const detail = name === undefined ? undefined : details?.[name];
  const named = typeof detail === 'string' ? detail : undefined;
  const said = say(t, named);
  if (said === say(inEnglish, named)) return message;
  return whole && (name === undefined || named !== undefined) ? `${said}.` : `${said}: ${message}`;
}

const inEnglish: Translate = (message, value = '') => message.replaceAll('{0}', value);
