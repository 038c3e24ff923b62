import { effect, signal, useComputed, useSignal } from '@preact/signals';
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks';
import { Fragment, jsx, jsxs } from 'preact/jsx-runtime';
import { AskCard } from './cards/askCard.tsx';
import { InlineCode } from './cards/inlineCode.tsx';
import { useSettle } from './cards/useSettle.ts';
import { usePage, useRequest } from './context.ts';
import { offerFocus, requestFocus } from './focus.ts';
import { Icon, IconButton } from './icon.tsx';
import { editAgain, joined, offerInsert, putBack } from './insert.ts';
import { t } from './words.ts';

/**
 * Hands what this script brought to those that are loaded later (`withFirstScript` in `esbuild.mjs`): one Preact, one page,
 * one set of words. What a later script imports of these modules must stand here.
 */
export function shareWithLaterScripts(): void {
  (window as { holdfastShared?: object }).holdfastShared = {
    'preact/hooks': { useEffect, useLayoutEffect, useMemo, useRef, useState },
    'preact/jsx-runtime': { Fragment, jsx, jsxs },
    '@preact/signals': { effect, signal, useComputed, useSignal },
    'askCard.tsx': { AskCard },
    'context.ts': { usePage, useRequest },
    'focus.ts': { offerFocus, requestFocus },
    'icon.tsx': { Icon, IconButton },
    'inlineCode.tsx': { InlineCode },
    'insert.ts': { editAgain, joined, offerInsert, putBack },
    'useSettle.ts': { useSettle },
    'words.ts': { t },
  };
}
