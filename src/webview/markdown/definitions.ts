/** Where links go that name their address elsewhere in the text, by their label as Markdown compares it. */
export type Links = Readonly<Record<string, Definition>>;

interface Definition {
  readonly href: string;
  readonly title: string | null;
}

/** A fence, or the address of links that stands by itself. */
const line =
  /^ {0,3}(?:(?<fence>`{3,}|~{3,})(?<info>[^\n]*)|\[(?<label>(?:\\.|[^\\\][\n]){1,999})\]:[^\S\n]*\n?[^\S\n]*(?:<(?<angled>[^<>\n]*)>|(?<bare>[^\s<]\S*))(?:[^\S\n]+(?:"(?<double>[^"\n]*)"|'(?<single>[^'\n]*)'|\((?<round>[^()\n]*)\)))?[^\S\n]*)$/gmu;
/** What may name a definition. */
const reference = /\[((?:\\.|[^\\\][]){1,999})\]/gu;
/** Definitions that are known of one text: more are no help to a reader. */
const MOST = 10_000;

/**
 * The link definitions of a text that grows. They are collected once, so that every piece of the text can be rendered by
 * itself: a definition may stand behind all that refers to it. The first of a label counts.
 */
export class Definitions {
  readonly #known = new Map<string, Definition>();
  /** How far whole lines were looked at. */
  #read = 0;
  /** The fence that is open there. */
  #fence: string | undefined;

  /** Takes the text as it stands now, which begins with what it was before; `done` says that its last line is whole. */
  take(text: string, done: boolean): void {
    const lines = text.slice(this.#read, done ? text.length : text.lastIndexOf('\n') + 1);
    // An address may stand in the line below its label.
    const end = this.#read + (done ? lines : lines.replace(/[^\n]*\]:[^\S\n]*\n$/u, '')).length;
    if (end <= this.#read) return;
    for (const { groups = {} } of text.slice(this.#read, end).matchAll(line)) this.#see(groups);
    this.#read = end;
  }

  /** Those that a piece of the text may refer to. */
  of(piece: string): Links {
    const links: Record<string, Definition> = Object.create(null) as Record<string, Definition>;
    if (this.#known.size === 0) return links;
    for (const [, label = ''] of piece.matchAll(reference)) {
      const found = this.#known.get(asCompared(label));
      if (found !== undefined) links[asCompared(label)] = found;
    }
    return links;
  }

  #see(groups: Readonly<Record<string, string | undefined>>): void {
    const { fence, info = '', label, angled, bare, double, single, round } = groups;
    if (fence !== undefined) {
      if (this.#fence === undefined) this.#fence = fence;
      else if (fence.startsWith(this.#fence) && info.trim() === '') this.#fence = undefined;
    } else if (label !== undefined && this.#fence === undefined && this.#known.size < MOST) {
      const key = asCompared(label);
      if (!this.#known.has(key))
        this.#known.set(key, { href: angled ?? bare ?? '', title: double ?? single ?? round ?? null });
    }
  }
}

function asCompared(label: string): string {
  return label.trim().toLowerCase().replaceAll(/\s+/gu, ' ');
}
