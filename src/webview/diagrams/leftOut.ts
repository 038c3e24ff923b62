/**
 * Stands in for what Mermaid brings and this page's diagrams do without: KaTeX, so that formulas in diagrams are shown as they
 * are written, and ELK, a layout of 1.5 MB that only a source's settings could ask for.
 */
// What it stands in for is imported so.
// oxlint-disable-next-line import/no-default-export
export default class LeftOut {
  static renderToString(text: string): string {
    return text;
  }

  layout(): Promise<never> {
    return Promise.reject(new Error('ELK is not in this build'));
  }
}
