/**
 * The one table of failures that cross the wire: a stable name and its JSON-RPC code. Codes are positive, apart from
 * those JSON-RPC and LSP reserve. A name or a code never changes its meaning; new ones are added at the end.
 */
export const errorCodes = {
  invalidParams: -32602,
  methodNotFound: -32601,
  internalError: -32603,
  notInitialized: -32002,
  requestCancelled: -32800,
  sessionNotFound: 1001,
  sessionExists: 1002,
  sessionEnded: 1003,
  sessionBusy: 1004,
  noCurrentSession: 1005,
  turnNotFound: 1006,
  interactionNotFound: 1007,
  interactionSettled: 1008,
  invalidAnswer: 1009,
  agentUnknown: 1010,
  agentStartFailed: 1011,
  agentFailed: 1012,
  cwdMissing: 1013,
  cwdUnusable: 1014,
  storageFailed: 1015,
  recovering: 1016,
  retiring: 1017,
  incompatible: 1018,
  unsupported: 1019,
  commandFailed: 1020,
  notAttached: 1021,
  journalNewer: 1022,
  homeUnusable: 1023,
  runtimeUnreachable: 1024,
  noUsableNode: 1025,
  aborted: 1026,
  connectionLost: 1027,
  connectionClosed: 1028,
  timedOut: 1029,
  badAnswer: 1030,
  hostAssignsIds: 1031,
  sessionOpening: 1032,
  frameTooLarge: 1033,
  interrupted: 1034,
  agentDefinitionBroken: 1035,
  processNotFound: 1036,
  commandReused: 1037,
  permissionDenied: 1038,
  blobNotFound: 1039,
  agentInstallFailed: 1040,
  agentNotInstalled: 1041,
  signInRequired: 1042,
  signInFailed: 1043,
  ruleNotFound: 1050,
  rulesUnreadable: 1051,
  uploadFailed: 1060,
  artifactNotFound: 1061,
  listenFailed: 1070,
  accessRefused: 1071,
  answerInvalid: 1062,
  downloadFailed: 1063,
} as const;

/** The stable name of a failure. */
export type ErrorKind = keyof typeof errorCodes;

/** A failure with a stable kind and words for a person: what happened, to what, what helps. */
export class HoldfastError extends Error {
  readonly kind: ErrorKind;
  readonly code: number;
  /** Facts for programs; must survive JSON. */
  readonly details: Readonly<Record<string, unknown>>;

  constructor(
    kind: ErrorKind,
    message: string,
    details: Readonly<Record<string, unknown>> = {},
    cause?: unknown,
  ) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'HoldfastError';
    this.kind = kind;
    this.code = errorCodes[kind];
    this.details = details;
  }
}

/** Whether something thrown is our error, of the given kind if one is given. */
export function isHoldfastError(error: unknown, kind?: ErrorKind): error is HoldfastError {
  return error instanceof HoldfastError && (kind === undefined || error.kind === kind);
}

/** What stands in the `data` of an error response. */
export interface ErrorData {
  readonly kind: ErrorKind;
  readonly details: Readonly<Record<string, unknown>>;
}

/** Makes our error again from an error response. A code without our data becomes `internalError` with its words. */
export function fromErrorResponse(response: {
  code: number;
  message: string;
  data?: unknown;
}): HoldfastError {
  const { code, message, data } = response;
  if (typeof data === 'object' && data !== null && 'kind' in data && typeof data.kind === 'string') {
    const details =
      'details' in data && typeof data.details === 'object' && data.details !== null ? data.details : {};
    if (Object.hasOwn(errorCodes, data.kind)) {
      return new HoldfastError(data.kind as ErrorKind, message, details as Record<string, unknown>);
    }
  }
  const known = Object.entries(errorCodes).find(([, value]) => value === code);
  return new HoldfastError((known?.[0] as ErrorKind | undefined) ?? 'internalError', message, { code });
}
