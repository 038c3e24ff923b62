import * as vscode from 'vscode';
import { DisposableStore } from '../base/disposable.ts';

/** What a picker says of itself. */
export interface PickerTexts {
  readonly title: string;
  readonly placeholder: string;
}

/**
 * A quick pick that is filled, and filled anew, while a person looks at it. Rows are found by all of their text. Everything
 * in `owned` lives as long as it is open.
 */
export class Picker<Item extends vscode.QuickPickItem, Result> {
  readonly owned = new DisposableStore();
  readonly pick: vscode.QuickPick<Item>;
  #result: Result | undefined;

  constructor({ title, placeholder }: PickerTexts) {
    this.pick = this.owned.add(vscode.window.createQuickPick<Item>());
    this.pick.title = title;
    this.pick.placeholder = placeholder;
    this.pick.matchOnDescription = true;
    this.pick.matchOnDetail = true;
    this.pick.keepScrollPosition = true;
  }

  /** Shows other rows; the one that was active stays so, as long as there is one of that key. */
  paint(items: readonly Item[], keyOf: (item: Item) => string | undefined): void {
    const [active] = this.pick.activeItems;
    const key = active && keyOf(active);
    this.pick.items = items;
    const again = key === undefined ? undefined : items.find((item) => keyOf(item) === key);
    if (again !== undefined) this.pick.activeItems = [again];
  }

  /** Does something with what was typed once typing rests so long, in milliseconds. */
  whenTypingRests(restMs: number, act: (value: string) => void): void {
    let timer: NodeJS.Timeout | undefined;
    this.owned.add(
      this.pick.onDidChangeValue((value) => {
        clearTimeout(timer);
        timer = setTimeout(() => act(value.trim()), restMs);
      }),
    );
    this.owned.add({ dispose: () => clearTimeout(timer) });
  }

  /** Closes it with a result. */
  finish(result: Result | undefined): void {
    this.#result = result;
    this.pick.hide();
  }

  /** Shows it until it is closed. `choose` says what an accepted row means; where it means nothing, the picker stays. */
  shown(choose: (item: Item) => Result | undefined): Promise<Result | undefined> {
    this.owned.add(
      this.pick.onDidAccept(() => {
        const [item] = this.pick.selectedItems;
        const result = item && choose(item);
        if (result !== undefined) this.finish(result);
      }),
    );
    return new Promise((resolve) => {
      this.pick.onDidHide(() => {
        this.owned.dispose();
        resolve(this.#result);
      });
      this.pick.show();
    });
  }
}
