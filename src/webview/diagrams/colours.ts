import { palette } from './palette.ts';

/** What a diagram's colours are derived from: Mermaid's names, and the editor's variables that say them. */
const variables = {
  background: ['--surface'],
  primaryColor: ['--vscode-editorWidget-background', '--vscode-input-background', '--surface'],
  secondaryColor: ['--vscode-textCodeBlock-background', '--surface'],
  tertiaryColor: ['--surface'],
  textColor: ['--vscode-foreground'],
  lineColor: ['--vscode-descriptionForeground', '--vscode-foreground'],
  primaryBorderColor: ['--vscode-contrastBorder', '--vscode-descriptionForeground', '--vscode-foreground'],
  noteBkgColor: ['--vscode-inputValidation-infoBackground', '--vscode-input-background', '--surface'],
  noteBorderColor: ['--vscode-inputValidation-infoBorder', '--vscode-foreground'],
} as const;

/** What tells parts of a diagram apart, where the theme has it. */
const charts = ['blue', 'green', 'purple', 'yellow', 'red', 'orange'].map(
  (name) => `--vscode-charts-${name}`,
);

/** Mermaid's theme variables; those of some kinds of diagram are in an object of their own. */
type ThemeVariables = Record<string, string | boolean | Readonly<Record<string, string>>>;

/** Those, with the font that all text is in. */
type DiagramTheme = ThemeVariables & { readonly fontFamily: string; readonly fontSize: string };

/** The theme's colours and font, as Mermaid's theme variables. Read anew for every drawing: a theme may change at any time. */
export function diagramTheme(): DiagramTheme {
  const style = getComputedStyle(document.body);
  const paint = painter();
  const surface = paint(style.getPropertyValue('--surface'));
  const colours = Object.fromEntries(
    Object.entries(variables).map(([name, from]) => {
      const value = from
        .map((variable) => style.getPropertyValue(variable).trim())
        .find((found) => found !== '');
      return [name, paint(value ?? style.color, surface)];
    }),
  ) as Record<keyof typeof variables, string>;
  const text = colours.textColor;
  const told = charts
    .map((variable) => style.getPropertyValue(variable).trim())
    .filter((colour) => colour !== '')
    .map((colour) => paint(colour, surface));
  const { classList } = document.body;
  return {
    ...colours,
    ...{ primaryTextColor: text, secondaryTextColor: text, tertiaryTextColor: text, noteTextColor: text },
    ...{ titleColor: text, nodeTextColor: text, edgeLabelBackground: surface, mainBkg: colours.primaryColor },
    ...palette(told, { surface, text }),
    darkMode: !classList.contains('vscode-light') && !classList.contains('vscode-high-contrast-light'),
    fontFamily: style.fontFamily,
    fontSize: style.fontSize,
  };
}

/** Gives any colour of CSS as `#rrggbb`, as it looks over what is behind it. */
function painter(): (colour: string, behind?: string) => string {
  const canvas = new OffscreenCanvas(1, 1);
  const context = canvas.getContext('2d', { willReadFrequently: true });
  return (colour, behind = '#808080') => {
    if (context === null) return behind;
    for (const layer of [behind, colour]) {
      context.fillStyle = layer;
      context.fillRect(0, 0, 1, 1);
    }
    const [red = 0, green = 0, blue = 0] = context.getImageData(0, 0, 1, 1).data;
    return `#${[red, green, blue].map((part) => part.toString(16).padStart(2, '0')).join('')}`;
  };
}
