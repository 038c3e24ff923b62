/** What stands in place of a secret. */
export const REDACTED = '[redacted]';

/** A stretch of a text, from `start` to before `end`. */
export type Span = readonly [start: number, end: number];

/** Forms of a secret shorter than this are not looked for: they would be found in anything. */
const SHORTEST_ENCODED = 8;

/** Bits of the sieve that tells at most places of a text that no secret begins there. */
const SIEVE = 4096;

/**
 * Finds secrets in text: as they are, as JSON and URLs write them, and in base64 at any alignment (C5). Looks at two
 * characters at each place; where they may begin a form of a secret, the longest form that stands there counts. Immutable.
 */
export class SecretMatcher {
  /** Forms by the place in the sieve of their first two code units, the longest first. */
  readonly #starting = new Map<number, string[]>();
  readonly #sieve = new Uint8Array(SIEVE);
  readonly #firsts = new Set<number>();
  readonly #longest: number;
  /** What it finds, as it is. */
  readonly secrets: Iterable<string>;
  readonly #forms: readonly string[];
  #bytes: SecretMatcher | undefined;

  /** Over secrets of at least two characters. */
  constructor(secrets: Iterable<string>, forms = formsOf) {
    this.secrets = secrets;
    this.#forms = [...new Set([...secrets].flatMap(forms))].toSorted((a, b) => b.length - a.length);
    this.#longest = this.#forms[0]?.length ?? 0;
    for (const form of this.#forms) {
      this.#firsts.add(form.charCodeAt(0));
      const key = placeOf(form.charCodeAt(0), form.charCodeAt(1));
      this.#sieve[key] = 1;
      const others = this.#starting.get(key);
      if (others === undefined) this.#starting.set(key, [form]);
      else others.push(form);
    }
  }

  /** Where secrets stand, in order, joined where they overlap. */
  spans(text: string): readonly Span[] {
    const spans: [number, number][] = [];
    for (let index = this.#next(text, 0); index >= 0; index = this.#next(text, index + 1)) {
      const form = this.#formsAt(text, index).find((each) => text.startsWith(each, index));
      if (form === undefined) continue;
      const end = index + form.length;
      const last = spans.at(-1);
      if (last !== undefined && index < last[1]) last[1] = Math.max(last[1], end);
      else spans.push([index, end]);
    }
    return spans;
  }

  /** The text without secrets; the same string when it has none. */
  redact(text: string): string {
    const spans = this.spans(text);
    if (spans.length === 0) return text;
    let shown = '';
    let position = 0;
    for (const [start, end] of spans) {
      shown += text.slice(position, start) + REDACTED;
      position = end;
    }
    return shown + text.slice(position);
  }

  /** The first index from which the text, as far as it goes, may be the beginning of a secret; its length when there is none. */
  mayBegin(text: string): number {
    const { length } = text;
    const first = Math.max(0, length - this.#longest + 1);
    for (let index = this.#next(text, first); index >= 0; index = this.#next(text, index + 1)) {
      const rest = text.slice(index);
      if (this.#formsAt(text, index).some((form) => form.length > rest.length && form.startsWith(rest)))
        return index;
    }
    return length > 0 && this.#firsts.has(text.charCodeAt(length - 1)) ? length - 1 : length;
  }

  /**
   * As `redact`, for a text that was cut off at its start or end: what is left there of a secret goes too, when it is half
   * of it or more.
   */
  redactCut(
    text: string,
    { start = false, end = false }: { readonly start?: boolean; readonly end?: boolean },
  ): string {
    let shown = this.redact(text);
    if (start) {
      const left = this.#leftOfStart(shown);
      if (left > 0) shown = REDACTED + shown.slice(left);
    }
    if (end) {
      const index = this.mayBegin(shown);
      if (this.#isMuch(shown.slice(index))) shown = shown.slice(0, index) + REDACTED;
    }
    return shown;
  }

  /** Bytes in UTF-8 without secrets; the same when they have none. */
  redactBytes(bytes: Uint8Array, cut: { readonly start?: boolean; readonly end?: boolean } = {}): Uint8Array {
    this.#bytes ??= new SecretMatcher(this.secrets, (secret) => formsOf(secret).map(byteString));
    const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
    const shown = this.#bytes.redactCut(text, cut);
    return shown === text ? bytes : Buffer.from(shown, 'latin1');
  }

  /** The next place whose two characters may begin a form; −1 where there is none. Nearly all the work is done here. */
  #next(text: string, from: number): number {
    const sieve = this.#sieve;
    let code = text.charCodeAt(from);
    for (let index = from + 1; index < text.length; index++) {
      const next = text.charCodeAt(index);
      if (sieve[placeOf(code, next)] === 1) return index - 1;
      code = next;
    }
    return -1;
  }

  #formsAt(text: string, index: number): readonly string[] {
    return this.#starting.get(placeOf(text.charCodeAt(index), text.charCodeAt(index + 1))) ?? [];
  }

  #leftOfStart(text: string): number {
    for (const form of this.#forms) {
      for (let cut = 1; cut <= form.length / 2; cut++) {
        if (text.startsWith(form.slice(cut))) return form.length - cut;
      }
    }
    return 0;
  }

  #isMuch(beginning: string): boolean {
    return (
      beginning !== '' &&
      this.#forms.some((form) => beginning.length >= form.length / 2 && form.startsWith(beginning))
    );
  }
}

/** How a secret may be written, itself first. */
function formsOf(secret: string): string[] {
  const json = JSON.stringify(secret).slice(1, -1);
  const url = encoded(secret);
  const others = [
    json,
    JSON.stringify(json).slice(1, -1),
    url,
    url.replaceAll(/%[\dA-F]{2}/g, (byte) => byte.toLowerCase()),
    url.replaceAll('%20', '+'),
    ...base64Forms(secret),
  ];
  return [secret, ...others.filter((form) => form.length >= Math.min(secret.length, SHORTEST_ENCODED))];
}

/** What all base64 texts that hold the secret have in common, for each place of it among the groups of three bytes. */
function base64Forms(secret: string): string[] {
  const bytes = Buffer.from(secret);
  return [0, 1, 2].flatMap((offset) => {
    const whole = Buffer.concat([Buffer.alloc(offset), bytes]);
    const text = whole.toString('base64').replaceAll('=', '');
    // Characters that also depend on the neighbours of the secret are left out.
    const core = text.slice(Math.ceil((offset * 4) / 3), Math.floor((whole.length * 4) / 3));
    if (core.length < SHORTEST_ENCODED) return [];
    return [core, core.replaceAll('+', '-').replaceAll('/', '_')];
  });
}

function encoded(secret: string): string {
  try {
    return encodeURIComponent(secret);
  } catch {
    // Half a character cannot be written in a URL.
    return secret;
  }
}

const byteString = (text: string): string => Buffer.from(text).toString('latin1');

/** The place in the sieve of two code units; others may have the same. */
const placeOf = (first: number, second: number): number => (first * 61 + second) & (SIEVE - 1);
