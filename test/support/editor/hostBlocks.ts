/** What V8's profiler writes, as far as it is read here, with what the probe adds. */
export interface Profile {
  readonly nodes: readonly {
    readonly id: number;
    readonly callFrame: { readonly functionName: string; readonly url: string };
    readonly children?: readonly number[];
  }[];
  /** Microseconds, on the same clock as the turns. */
  readonly startTime: number;
  readonly samples: readonly number[];
  /** Microseconds before each sample. */
  readonly timeDeltas: readonly number[];
  /** Where the longer turns of the event loop began and ended, and what processor time the thread had in them. */
  readonly turns: readonly (readonly [from: number, to: number, processor: number])[];
}

/** What code of one file or folder took of one turn of the event loop. */
export interface Block {
  readonly ms: number;
  /** The functions that were in it longest, outermost first, with their milliseconds. */
  readonly functions: readonly string[];
}

/** Functions named of a block. */
const NAMED = 6;

/**
 * How long code whose address has `part` in it was on the stack in each turn of the event loop, the longest first; no longer
 * than the thread worked in that turn, since what else runs on the machine may hold it up.
 */
export function hostBlocks(profile: Profile, part: string): Block[] {
  const { samples, timeDeltas, startTime, turns } = profile;
  const stackOf = stacks(profile, part);
  const blocks: Block[] = [];
  let at = startTime;
  let index = 0;
  for (const [from, to, processor] of turns) {
    let time = 0;
    const inside = new Map<string, number>();
    for (; index < samples.length && at <= to; index++) {
      const micros = timeDeltas[index] ?? 0;
      at += micros;
      const frames = at < from ? [] : stackOf(samples[index] ?? 0);
      if (frames.length === 0) continue;
      time += micros;
      for (const name of new Set(frames)) inside.set(name, (inside.get(name) ?? 0) + micros);
    }
    if (time > 0) blocks.push({ ms: Math.min(time, processor) / 1000, functions: longest(inside) });
  }
  return blocks.sort((a, b) => b.ms - a.ms);
}

/** The functions on the stack of a sample, outermost first, that are of the code that is asked for. */
function stacks({ nodes }: Profile, part: string): (id: number) => readonly string[] {
  const parents = new Map<number, number>();
  const byId = new Map(nodes.map((node) => [node.id, node]));
  for (const { id, children = [] } of nodes) for (const child of children) parents.set(child, id);
  return memo((id) => {
    const frames: string[] = [];
    for (let at: number | undefined = id; at !== undefined; at = parents.get(at)) {
      const frame = byId.get(at)?.callFrame;
      if (frame?.url.includes(part)) frames.unshift(frame.functionName || '(anonymous)');
    }
    return frames;
  });
}

function longest(inside: ReadonlyMap<string, number>): string[] {
  return [...inside]
    .sort((a, b) => b[1] - a[1])
    .slice(0, NAMED)
    .map(([name, micros]) => `${name} ${(micros / 1000).toFixed(1)}`);
}

function memo<K, V>(of: (key: K) => V): (key: K) => V {
  const known = new Map<K, V>();
  return (key) => {
    const found = known.get(key);
    if (found !== undefined) return found;
    const made = of(key);
    known.set(key, made);
    return made;
  };
}
