/** A stretch of a command's output from one stream. */
export interface OutputSpan {
  readonly stream: 'stdout' | 'stderr';
  readonly text: string;
}

/**
 * What a transcript row keeps of a command's output: the first characters and the last ones, never more than both bounds
 * together. `omitted` counts what lies between; `end` is how the output ended where the events themselves left some out.
 */
export interface Output {
  readonly start: readonly OutputSpan[];
  readonly startLength: number;
  readonly rest: readonly OutputSpan[];
  readonly restLength: number;
  readonly omitted: number;
  readonly end?: string | undefined;
}

/** Characters kept from the beginning, and about as many from the end. */
export const OUTPUT_KEPT = 64 * 1024;

export const emptyOutput: Output = { start: [], startLength: 0, rest: [], restLength: 0, omitted: 0 };

/** Adds output. Pure; the cost of one call is bounded by the text added and the bounds above. */
export function appendOutput(output: Output, stream: OutputSpan['stream'], text: string): Output {
  const room = OUTPUT_KEPT - output.startLength;
  const first = room > 0 ? text.slice(0, room) : '';
  const later = text.slice(first.length);
  const started =
    first === ''
      ? output
      : {
          ...output,
          start: joined(output.start, stream, first),
          startLength: output.startLength + first.length,
        };
  return later === '' ? started : kept(started, stream, later);
}

/** The kept text in order, without stream marks; a line says what was left out. */
export function outputText(output: Output): string {
  const text = (spans: readonly OutputSpan[]): string => spans.map((span) => span.text).join('');
  const gap = output.omitted > 0 ? `\n… ${output.omitted} characters left out …\n` : '';
  return text(output.start) + gap + text(output.rest) + (output.end ?? '');
}

/** Lets the rest grow to twice its bound before cutting it back, so that cutting is rare. */
function kept(output: Output, stream: OutputSpan['stream'], text: string): Output {
  const rest = joined(output.rest, stream, text);
  const restLength = output.restLength + text.length;
  if (restLength <= 2 * OUTPUT_KEPT) return { ...output, rest, restLength };
  let surplus = restLength - OUTPUT_KEPT;
  const trimmed: OutputSpan[] = [];
  for (const span of rest) {
    if (surplus >= span.text.length) surplus -= span.text.length;
    else {
      trimmed.push(surplus > 0 ? { ...span, text: span.text.slice(surplus) } : span);
      surplus = 0;
    }
  }
  return {
    ...output,
    rest: trimmed,
    restLength: OUTPUT_KEPT,
    omitted: output.omitted + restLength - OUTPUT_KEPT,
  };
}

function joined(
  spans: readonly OutputSpan[],
  stream: OutputSpan['stream'],
  text: string,
): readonly OutputSpan[] {
  const last = spans.at(-1);
  if (last?.stream !== stream) return [...spans, { stream, text }];
  return [...spans.slice(0, -1), { stream, text: last.text + text }];
}
