import { signal, useSignal, useSignalEffect } from '@preact/signals';
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { Fragment, jsx, jsxs } from 'preact/jsx-runtime';
import { usePage } from './context.ts';
import { offerFocus } from './focus.ts';
import { joined, offerInsert } from './insert.ts';
import { t } from './words.ts';

/**
 * Hands what this script brought to those that are loaded later (`withFirstScript` in `esbuild.mjs`): one Preact, one page,
 * one set of words. What a later script imports of these modules must stand here.
 */
export function shareWithLaterScripts(): void {
  (window as { holdfastShared?: object }).holdfastShared = {
    'preact/hooks': { useEffect, useLayoutEffect, useRef, useState },
    'preact/jsx-runtime': { Fragment, jsx, jsxs },
    '@preact/signals': { signal, useSignal, useSignalEffect },
    'context.ts': { usePage },
    'focus.ts': { offerFocus },
    'insert.ts': { joined, offerInsert },
    'words.ts': { t },
  };
}
