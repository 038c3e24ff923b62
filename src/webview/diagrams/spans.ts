/** How a line of a source is told from what it joins, in flowcharts and in diagrams of classes, states and entities. */
const arrow = /[|}o<*]{0,3}(?:-{2,}|={2,}|-?\.{1,8}-|\.{2,}|~{3,})[|{o>*x]{0,3}/u;

/**
 * Over how many rows the lines of a diagram go in all, about, where its parts are put into rows by what leads to them. A layout makes
 * a place for a line in each of them, and what it takes grows with these. Pure.
 */
export function spansOf(text: string): number {
  const edges = linesOf(text);
  const after = new Map<string, string[]>();
  for (const [from, to] of edges) {
    after.set(from, [...(after.get(from) ?? []), to]);
    if (!after.has(to)) after.set(to, []);
  }
  const order = ordered(after);
  const place = new Map(order.map((node, at) => [node, at]));
  // A line that leads back is one that is drawn the other way round.
  const forward = edges.map(([from, to]): Edge => {
    return (place.get(from) ?? 0) <= (place.get(to) ?? 0) ? [from, to] : [to, from];
  });
  forward.sort(([one], [other]) => (place.get(one) ?? 0) - (place.get(other) ?? 0));
  const rows = new Map<string, number>();
  for (const [from, to] of forward)
    if (from !== to) rows.set(to, Math.max(rows.get(to) ?? 0, (rows.get(from) ?? 0) + 1));
  return forward.reduce((sum, [from, to]) => sum + (rows.get(to) ?? 0) - (rows.get(from) ?? 0), 0);
}

/** The lines between the parts of a diagram, as far as they can be read. Pure. */
export function linesOf(text: string): Edge[] {
  return text.split(/[\n;]/u).flatMap(edgesOf);
}

type Edge = readonly [from: string, to: string];

/** The lines between the parts that one line of a source names, one after the other. */
function edgesOf(line: string): Edge[] {
  const plain = line.replaceAll(/"[^"]*"|(?<=[-=.>xo])\|[^|\n]*\|/gu, ' ');
  const stops = plain
    .split(arrow)
    .map((stop) => stop.split('&').flatMap((part) => /[\w.]+/u.exec(part) ?? []));
  return stops
    .slice(1)
    .flatMap((to, at) => (stops[at] ?? []).flatMap((one) => to.map((other): Edge => [one, other])));
}

/** The parts in an order in which each comes before what it leads to, but where it leads back. */
function ordered(after: ReadonlyMap<string, readonly string[]>): string[] {
  const seen = new Set<string>();
  const done: string[] = [];
  for (const start of after.keys()) {
    const path: { readonly node: string; next: number }[] = [];
    const enter = (node: string): void => {
      if (seen.has(node)) return;
      seen.add(node);
      path.push({ node, next: 0 });
    };
    enter(start);
    for (let top = path.at(-1); top !== undefined; top = path.at(-1)) {
      const to = after.get(top.node)?.[top.next++];
      if (to !== undefined) enter(to);
      else done.push(path.pop()?.node ?? '');
    }
  }
  return done.reverse();
}
