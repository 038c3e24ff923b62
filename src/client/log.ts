/**
 * Where the client library says what is nobody's answer: one line, with names and ids. `info` is about how things go,
 * and only `warning` (the default) about what went wrong.
 */
export type Log = (line: string, level?: 'info' | 'warning') => void;

/** What is used when nobody gave a log: warnings go to the process's stderr. */
export const consoleLog: Log = (line, level = 'warning') => {
  if (level === 'warning') console.error(`holdfast: ${line}`);
};
