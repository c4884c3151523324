/**
 * What the canvas and Python tell each other, as a small machine of its own.
 *
 * The canvas owns the document. At most one change is under way; further edits wait and go up together when the answer is
 * there, or when it has been lost. An answer to an older revision is dropped.
 */

import type { Analysis, Project } from "./types";

export interface Down {
  readonly project: string;
  readonly revision: number;
  readonly document?: Record<string, unknown> | null;
  readonly analysis?: Analysis | null;
  /** Another tab has saved a newer revision than the one that our change was made from. */
  readonly conflict?: { readonly revision: number } | null;
  /** A sentence about why the last change was not taken. */
  readonly refusal?: string | null;
  readonly saved?: boolean;
}

export interface Change {
  readonly project: string;
  readonly writer: string;
  readonly base_revision: number;
  readonly revision: number;
  readonly document: Project;
  readonly overwrite?: boolean;
}

export interface SyncState {
  /** What Python has for certain. */
  readonly acknowledged: number;
  /** What the canvas shows. */
  readonly revision: number;
  /** What is under way, if anything. */
  readonly sent: number | null;
  /** What the analysis that is shown belongs to. */
  readonly analysed: number;
  readonly conflict: number | null;
}

export const START: SyncState = { acknowledged: -1, revision: -1, sent: null, analysed: -1, conflict: null };

export const isSaved = (state: SyncState) => state.revision === state.acknowledged && state.conflict === null;
export const countEdit = (state: SyncState): SyncState => ({ ...state, revision: state.revision + 1 });

/** What to send now: null while an answer is awaited, while nothing changed, or while two tabs disagree. */
export function nextChange(state: SyncState): SyncState | null {
  if (state.sent !== null || state.revision <= state.acknowledged || state.conflict !== null) return null;
  return { ...state, sent: state.revision };
}

/** The answer did not come: what was under way may go up again. */
export const giveUpWaiting = (state: SyncState): SyncState => ({ ...state, sent: null });

export interface Received {
  readonly state: SyncState;
  /** Take the document that came down. */
  readonly adopt: boolean;
  /** Take the analysis that came down. */
  readonly analysis: boolean;
}

export function receive(state: SyncState, down: Down): Received {
  if (down.conflict)
    return { state: { ...state, sent: null, conflict: down.conflict.revision }, adopt: false, analysis: false };
  if (down.document && down.revision > state.revision) return adoptDown(state, down);
  if (down.revision < state.acknowledged) return { state, adopt: false, analysis: false };
  const isAnswer = state.sent !== null && down.revision >= state.sent;
  const acknowledged = Math.max(state.acknowledged, Math.min(down.revision, state.revision));
  const isFresh = Boolean(down.analysis) && down.revision >= state.analysed;
  return {
    state: {
      ...state,
      acknowledged,
      sent: isAnswer ? null : state.sent,
      analysed: isFresh ? down.revision : state.analysed,
    },
    adopt: false,
    analysis: isFresh,
  };
}

function adoptDown(state: SyncState, down: Down): Received {
  const analysed = down.analysis ? down.revision : -1;
  return {
    state: { ...state, acknowledged: down.revision, revision: down.revision, sent: null, conflict: null, analysed },
    adopt: true,
    analysis: Boolean(down.analysis),
  };
}

/** Keep this tab's version: the next change overwrites what the other tab has saved. */
export function keepMine(state: SyncState): SyncState {
  const revision = Math.max(state.revision, (state.conflict ?? 0) + 1);
  return { ...state, acknowledged: state.conflict ?? state.acknowledged, revision, sent: null, conflict: null };
}
