/** A colour as `#rrggbb`. */
export type Hex = string;

/** The least contrast of text with what it stands on (WCAG AA). */
const LEAST_CONTRAST = 4.5;
/** The most of a colour that a filled part takes, and how much less is tried next. */
const MOST = 0.65;
const STEP = 0.05;
/** Mermaid's names for the colours of parts that come one after the other, with the first number and how many there are. */
const scales = [
  ['pie', 1, 12],
  ['cScale', 0, 12],
  ['fillType', 0, 8],
  ['git', 0, 8],
  ['venn', 1, 8],
] as const;

/**
 * Theme variables for all that is told apart by colour: slices, branches, sections. The theme's `charts` colours, each so
 * much of it over `surface` that `text` can be read on it; their lines have the whole colour. Pure.
 */
export function palette(
  charts: readonly Hex[],
  { surface, text }: { readonly surface: Hex; readonly text: Hex },
): Record<string, string | Readonly<Record<string, string>>> {
  if (charts.length === 0) return {};
  const fills = charts.map((chart) => readable(chart, surface, text));
  const given: Record<string, string | Readonly<Record<string, string>>> = {
    ...{ pieTitleTextColor: text, pieSectionTextColor: text, pieLegendTextColor: text, pieOpacity: '1' },
    ...{ pieStrokeColor: surface, pieOuterStrokeColor: surface, scaleLabelColor: text },
    ...{ vennTitleTextColor: text, vennSetTextColor: text },
    xyChart: { plotColorPalette: charts.join(',') },
  };
  for (const [name, first, count] of scales) {
    for (let at = 0; at < count; at++) given[`${name}${first + at}`] = pick(fills, at);
  }
  for (let at = 0; at < 12; at++) {
    const line = pick(charts, at);
    Object.assign(given, { [`cScaleInv${at}`]: line, [`cScalePeer${at}`]: line, [`cScaleLabel${at}`]: text });
    if (at < 8) Object.assign(given, { [`gitInv${at}`]: line, [`gitBranchLabel${at}`]: text });
  }
  return given;
}

/** How well two colours can be told apart: 1 for the same, 21 for black and white (WCAG). */
export function contrast(one: Hex, other: Hex): number {
  const [dark = 0, light = 0] = [luminance(one), luminance(other)].toSorted((a, b) => a - b);
  return (light + 0.05) / (dark + 0.05);
}

function readable(colour: Hex, surface: Hex, text: Hex): Hex {
  for (let share = MOST; share > STEP; share -= STEP) {
    const mixed = mix(colour, surface, share);
    if (contrast(mixed, text) >= LEAST_CONTRAST) return mixed;
  }
  return surface;
}

function pick(colours: readonly Hex[], at: number): Hex {
  return colours[at % colours.length] ?? '';
}

function mix(colour: Hex, other: Hex, share: number): Hex {
  const [over, under] = [parts(colour), parts(other)];
  const mixed = over.map((part, at) => Math.round(part * share + (under[at] ?? 0) * (1 - share)));
  return `#${mixed.map((part) => part.toString(16).padStart(2, '0')).join('')}`;
}

function luminance(colour: Hex): number {
  const [red = 0, green = 0, blue = 0] = parts(colour).map((part) => {
    const share = part / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function parts(colour: Hex): readonly number[] {
  return [1, 3, 5].map((at) => parseInt(colour.slice(at, at + 2), 16));
}
