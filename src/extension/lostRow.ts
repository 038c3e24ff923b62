/** The commands that only menus of rows offer; what all rows that are selected are offered goes by a name of its own. */
const OF_ROWS: ReadonlySet<string> = new Set(
  [
    ...['answer', 'cancelTurn', 'renameSession', 'archiveSession', 'unarchiveSession', 'pinSession'],
    ...['unpinSession', 'endSession', 'deleteSession', 'forkSession', 'runCommand', 'openSession'],
    ...['openInEditor', 'openInTerminal', 'openTranscript', 'exportSession', 'copyLink', 'stopProcess'],
    ...['moveQueuedUp', 'moveQueuedDown', 'removeQueued', 'retryRemote', 'signInRemote', 'removeRemote'],
  ].map((name) => `holdfast.${name}`),
);

/**
 * Whether what a command is given says that it came from the menu of a row which is gone: the editor passes the row and what is
 * selected with it, and has no row while the tree is drawn anew. The palette and keys pass nothing, or what they mean; buttons above a
 * tree pass the row that has the focus, which may be none. Pure.
 */
export function isLostRow(command: string, given: readonly unknown[]): boolean {
  const [row, selected] = given;
  const isOfRow = OF_ROWS.has(command) || command.startsWith('holdfast.selected.');
  const isNone = row === undefined && (selected === undefined || Array.isArray(selected));
  return isOfRow && given.length === 2 && isNone;
}
