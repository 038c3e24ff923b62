import * as vscode from 'vscode';
import type { Look } from './sessionLook.ts';

/** The icon of a look, in its colour. */
export function themeIcon({ icon, colour }: Pick<Look, 'icon' | 'colour'>): vscode.ThemeIcon {
  return new vscode.ThemeIcon(icon, colour === undefined ? undefined : new vscode.ThemeColor(colour));
}
