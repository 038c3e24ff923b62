/** What a terminal showed, without the codes that move, colour and tell: of a line that was written over, the last text. Pure. */
export function plainOutput(printed: string): string {
  return printed
    .replaceAll(codes, '')
    .split(/\r*\n/u)
    .map((line) => {
      const shown = line.replace(/\r+$/u, '');
      return shown.slice(shown.lastIndexOf('\r') + 1);
    })
    .join('\n')
    .replaceAll(others, '')
    .trimEnd();
}

const ESCAPE = '\u001B';
/** Strings that end with BEL or ST, sequences with parameters, and the short ones; one that is cut at the end goes too. */
const codes = new RegExp(
  [
    `${ESCAPE}[\\]PX^_][^\u0007${ESCAPE}]*(?:\u0007|${ESCAPE}\\\\|$)`,
    `${ESCAPE}\\[[0-?]*[ -/]*(?:[@-~]|$)`,
    `${ESCAPE}[ -/]*(?:[0-~]|$)`,
  ].join('|'),
  'gu',
);
/** What is left of what nobody can read. */
const others = /(?![\t\n])\p{Cc}/gu;
