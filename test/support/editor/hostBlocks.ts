/** What V8's profiler writes, as far as it is read here. */
export interface Profile {
  readonly nodes: readonly {
    readonly id: number;
    readonly callFrame: { readonly functionName: string; readonly url: string };
    readonly children?: readonly number[];
  }[];
  readonly samples: readonly number[];
  /** Microseconds before each sample. */
  readonly timeDeltas: readonly number[];
}

/** A time for which code of one file or folder held the thread without a pause. */
export interface Block {
  readonly ms: number;
  /** The functions that were in it longest, outermost first, with their milliseconds. */
  readonly functions: readonly string[];
}

/** Functions named of a block. */
const NAMED = 6;

/**
 * The times for which code whose address has `part` in it was on the stack, sample after sample, the longest first. Two that
 * follow each other without a sample between them count as one, so this errs upwards.
 */
export function hostBlocks({ nodes, samples, timeDeltas }: Profile, part: string): Block[] {
  const parents = new Map<number, number>();
  const byId = new Map(nodes.map((node) => [node.id, node]));
  for (const { id, children = [] } of nodes) for (const child of children) parents.set(child, id);

  const stackOf = memo((id: number): readonly string[] => {
    const frames: string[] = [];
    for (let at: number | undefined = id; at !== undefined; at = parents.get(at)) {
      const frame = byId.get(at)?.callFrame;
      if (frame?.url.includes(part)) frames.unshift(frame.functionName || '(anonymous)');
    }
    return frames;
  });

  const blocks: Block[] = [];
  let time = 0;
  let inside = new Map<string, number>();
  const end = (): void => {
    if (time > 0) blocks.push({ ms: time / 1000, functions: longest(inside) });
    time = 0;
    inside = new Map();
  };
  for (const [index, id] of samples.entries()) {
    const micros = timeDeltas[index] ?? 0;
    const frames = stackOf(id);
    const isCollecting = byId.get(id)?.callFrame.functionName === '(garbage collector)';
    if (frames.length === 0 && !(isCollecting && time > 0)) end();
    else {
      time += micros;
      for (const name of new Set(frames)) inside.set(name, (inside.get(name) ?? 0) + micros);
    }
  }
  end();
  return blocks.sort((a, b) => b.ms - a.ms);
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
